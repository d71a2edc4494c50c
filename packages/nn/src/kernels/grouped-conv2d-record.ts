import type { GraphBuilder, Value } from '@tasklearn/runtime';
import type { ConvolutionAttributes } from './grouped-conv2d-attributes.js';
import { unreachedSize } from './spatial-window.js';

/** One ONNX `Conv` with `group`. */
export function recordGroupedConv2d(
  graph: GraphBuilder,
  x: Value,
  filter: Value,
  attributes: ConvolutionAttributes,
): Value {
  const { groups, strides, pads, kernelSize, outputSize } = attributes;
  const shape = [x.shape[0] as number, filter.shape[0] as number, ...outputSize];
  return graph.add(
    'Conv',
    [x, filter],
    { dtype: 'float32', shape },
    {
      group: groups,
      kernel_shape: kernelSize,
      strides,
      pads,
    },
  );
}

/** Columns of one group's matrix product from which turning the filter round costs less than it saves. */
const manyColumns = 1000;

/**
 * At stride 1 and many columns a `Conv` with the filter turned round, which takes a sixth less time than ONNX's
 * `ConvTranspose`; else that one, whose weight layout is the filter's own.
 */
export function recordGroupedConv2dBackpropInput(
  graph: GraphBuilder,
  dy: Value,
  filter: Value,
  attributes: ConvolutionAttributes,
): Value {
  const { groups, strides, pads, kernelSize, inputSize, outputSize } = attributes;
  const channels = groups * (filter.shape[1] as number);
  const shape = [dy.shape[0] as number, channels, ...inputSize];
  const columns = (dy.shape[0] as number) * outputSize[0] * outputSize[1];
  const opposite = pads.map((pad, side) => (kernelSize[side % 2] as number) - 1 - pad);
  if (strides.every((step) => step === 1) && columns >= manyColumns && opposite.every((pad) => pad >= 0)) {
    const options = { group: groups, kernel_shape: kernelSize, strides, pads: opposite };
    return graph.add('Conv', [dy, turnRound(graph, filter, groups)], { dtype: 'float32', shape }, options);
  }
  return graph.add(
    'ConvTranspose',
    [dy, filter],
    { dtype: 'float32', shape },
    {
      group: groups,
      kernel_shape: kernelSize,
      strides,
      pads,
      output_padding: unreachedSize(attributes),
    },
  );
}

/** Inputs and outputs exchanged, rows and columns reversed: [G*O, C, kh, kw] -> [G*C, O, kh, kw]. */
function turnRound(graph: GraphBuilder, filter: Value, groups: number): Value {
  const [allOutputs, inputs, rows, columns] = filter.shape as [number, number, number, number];
  const outputs = allOutputs / groups;
  const positions = rows * columns;
  const float = (shape: readonly number[]) => ({ dtype: 'float32', shape }) as const;
  const split = [groups, outputs, inputs, positions];
  const grouped = graph.add('Reshape', [filter, graph.integers(split)], float(split));
  const shape = [groups, inputs, outputs, positions];
  const exchanged = graph.add('Transpose', [grouped], float(shape), { perm: [0, 2, 1, 3] });
  // From the last position down to the first.
  const ends = [[positions - 1], [-positions - 1], [3], [-1]].map((numbers) => graph.integers(numbers));
  const reversed = graph.add('Slice', [exchanged, ...ends], float(shape));
  const turned = [groups * inputs, outputs, rows, columns];
  return graph.add('Reshape', [reversed, graph.integers(turned)], float(turned));
}
