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
