import { float, type GraphBuilder, type Value } from '@tasklearn/runtime';

function channelConstant(graph: GraphBuilder, x: Value, value: number): Value {
  const channels = x.shape[1] as number;
  return graph.constant({
    dtype: 'float32',
    shape: [channels],
    data: new Float32Array(channels).fill(value),
  });
}

/** One `BatchNormalization` with mean 0 and variance 1: a single pass over x. */
export function recordAffine(graph: GraphBuilder, x: Value, scale: Value, offset: Value): Value {
  const [zeros, ones] = [channelConstant(graph, x, 0), channelConstant(graph, x, 1)];
  return graph.add('BatchNormalization', [x, scale, offset, zeros, ones], x, { epsilon: float(0) });
}

/** As {@link recordAffine} with offset 0. */
export function recordScale(graph: GraphBuilder, x: Value, scale: Value): Value {
  return recordAffine(graph, x, scale, channelConstant(graph, x, 0));
}

/** `ReduceSum` over batch and pixels. */
export function recordSum(graph: GraphBuilder, x: Value): Value {
  const output = { dtype: 'float32', shape: [x.shape[1] as number] } as const;
  return graph.add('ReduceSum', [x, graph.integers([0, 2, 3])], output, { keepdims: 0 });
}

/** `Expand` of [1, C, 1, 1]. */
export function recordBroadcast(graph: GraphBuilder, perChannel: Value, shape: readonly number[]): Value {
  const column = [1, perChannel.shape[0] as number, 1, 1];
  const expanded = graph.add('Reshape', [perChannel, graph.integers(column)], {
    dtype: 'float32',
    shape: column,
  });
  return graph.add('Expand', [expanded, graph.integers(shape)], { dtype: 'float32', shape });
}

/** `Mul`, then {@link recordSum}. */
export function recordDot(graph: GraphBuilder, x: Value, y: Value): Value {
  return recordSum(graph, graph.add('Mul', [x, y], x));
}
