import type { GraphBuilder, Value } from '@tasklearn/runtime';
import type { SpatialWindow } from './spatial-window.js';

/**
 * ONNX `MaxPool` with its indices, the same node wherever a kernel of the family needs it for one x, so that
 * common subexpressions leave one. The indices count through the whole of x.
 */
function poolWithIndices(
  graph: GraphBuilder,
  x: Value,
  window: SpatialWindow,
): { values: Value; indices: Value } {
  const { kernelSize, strides, pads, outputSize } = window;
  const shape = [...x.shape.slice(0, 2), ...outputSize];
  const [values, indices] = graph.addMany(
    'MaxPool',
    [x],
    [
      { dtype: 'float32', shape },
      { dtype: 'int64', shape },
    ],
    {
      kernel_shape: kernelSize,
      strides,
      pads,
    },
  );
  return { values: values as Value, indices: indices as Value };
}

/** The largest value of each window. */
export function recordMaxPool(graph: GraphBuilder, x: Value, window: SpatialWindow): Value {
  return poolWithIndices(graph, x, window).values;
}

/** `MaxUnpool` writes each value to its index; for windows that share no pixel this is all. */
function unpool(
  graph: GraphBuilder,
  dy: Value,
  indices: Value,
  window: SpatialWindow,
  shape: readonly number[],
): Value {
  const { kernelSize, strides, pads } = window;
  const inputs = [dy, indices, graph.integers(shape)];
  return graph.add(
    'MaxUnpool',
    inputs,
    { dtype: 'float32', shape },
    { kernel_shape: kernelSize, strides, pads },
  );
}

/** Every `steps`-th element of the last two axes, from `start`. */
function everyNth(
  graph: GraphBuilder,
  value: Value,
  start: readonly number[],
  steps: readonly number[],
): Value {
  const size = value.shape.slice(2);
  const rest = size.map((length, axis) => Math.ceil((length - (start[axis] ?? 0)) / (steps[axis] ?? 1)));
  const operands = [start, size, [2, 3], steps].map((numbers) => graph.integers(numbers));
  return graph.add('Slice', [value, ...operands], {
    dtype: value.dtype,
    shape: [...value.shape.slice(0, 2), ...rest],
  });
}

/**
 * Adds each dy to the index of its window's maximum. Overlapping windows may share a maximum, and `MaxUnpool`
 * overwrites: so the windows are dealt into classes whose members are far enough apart not to overlap.
 */
export function recordMaxPoolScatter(graph: GraphBuilder, x: Value, dy: Value, window: SpatialWindow): Value {
  const { indices } = poolWithIndices(graph, x, window);
  const { kernelSize, strides, outputSize } = window;
  const classes = [0, 1].map((axis) =>
    Math.min(Math.ceil((kernelSize[axis] as number) / (strides[axis] as number)), outputSize[axis] as number),
  ) as [number, number];
  if (classes[0] * classes[1] === 1) return unpool(graph, dy, indices, window, x.shape);
  const parts: Value[] = [];
  for (let row = 0; row < classes[0]; row++) {
    for (let column = 0; column < classes[1]; column++) {
      const [some, where] = [dy, indices].map((value) => everyNth(graph, value, [row, column], classes));
      parts.push(unpool(graph, some as Value, where as Value, window, x.shape));
    }
  }
  return graph.add('Sum', parts, { dtype: 'float32', shape: x.shape });
}

/** Picks `values` at the index of each window's maximum of x. (`GatherElements` takes half the time of `Gather`.) */
export function recordMaxPoolGather(
  graph: GraphBuilder,
  x: Value,
  values: Value,
  window: SpatialWindow,
): Value {
  const { indices } = poolWithIndices(graph, x, window);
  const flat = (value: Value) => {
    const shape = [value.shape.reduce((product, length) => product * length, 1)];
    return graph.add('Reshape', [value, graph.integers(shape)], { dtype: value.dtype, shape });
  };
  const [all, places] = [flat(values), flat(indices)];
  const picked = graph.add(
    'GatherElements',
    [all, places],
    { dtype: 'float32', shape: places.shape },
    { axis: 0 },
  );
  return graph.add('Reshape', [picked, graph.integers(indices.shape)], {
    dtype: 'float32',
    shape: indices.shape,
  });
}
