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

/** One ONNX `ConvTranspose`: its weight layout is the filter's own. */
export function recordGroupedConv2dBackpropInput(
  graph: GraphBuilder,
  dy: Value,
  filter: Value,
  attributes: ConvolutionAttributes,
): Value {
  const { groups, strides, pads, kernelSize, inputSize } = attributes;
  const channels = groups * (filter.shape[1] as number);
  const shape = [dy.shape[0] as number, channels, ...inputSize];
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

/** [B, G*K, H, W] -> [K, G*B, H, W] */
function exchangeBatch(graph: GraphBuilder, maps: Value, groups: number): Value {
  const [batch, channels, height, width] = maps.shape as [number, number, number, number];
  const each = channels / groups;
  const area = height * width;
  const split = [batch, groups, each, area];
  const grouped = graph.add('Reshape', [maps, graph.integers(split)], { dtype: 'float32', shape: split });
  const exchanged = graph.add(
    'Transpose',
    [grouped],
    { dtype: 'float32', shape: [each, groups, batch, area] },
    { perm: [2, 1, 0, 3] },
  );
  const shape = [each, groups * batch, height, width];
  return graph.add('Reshape', [exchanged, graph.integers(shape)], { dtype: 'float32', shape });
}

/** [B, G*O, H, W] -> [G*O, B, H, W] */
function leadWithChannels(graph: GraphBuilder, maps: Value): Value {
  const [batch, channels, height, width] = maps.shape as [number, number, number, number];
  const shape = [channels, batch, height, width];
  return graph.add('Transpose', [maps], { dtype: 'float32', shape }, { perm: [1, 0, 2, 3] });
}

/** `Conv` of x and dy with batch and channels exchanged, dy spread by the strides. */
export function recordGroupedConv2dBackpropFilter(
  graph: GraphBuilder,
  x: Value,
  dy: Value,
  attributes: ConvolutionAttributes,
): Value {
  const { groups, strides, pads, kernelSize, outputSize } = attributes;
  const [images, filter] = [exchangeBatch(graph, x, groups), leadWithChannels(graph, dy)];
  const [channels, outputs] = [images.shape[0] as number, filter.shape[0] as number];
  const [rows, columns] = kernelSize;
  const excess = unreachedSize(attributes);
  const size = [rows + excess[0], columns + excess[1]];
  const product = graph.add(
    'Conv',
    [images, filter],
    { dtype: 'float32', shape: [channels, outputs, ...size] },
    { group: groups, kernel_shape: outputSize, dilations: strides, strides: [1, 1], pads },
  );
  const shape = [channels, outputs, rows, columns];
  const cut =
    excess[0] + excess[1] === 0
      ? product
      : graph.add(
          'Slice',
          [product, graph.integers([0, 0]), graph.integers([rows, columns]), graph.integers([2, 3])],
          { dtype: 'float32', shape },
        );
  const exchanged = [outputs, channels, rows, columns];
  return graph.add('Transpose', [cut], { dtype: 'float32', shape: exchanged }, { perm: [1, 0, 2, 3] });
}
