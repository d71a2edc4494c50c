import * as tf from '@tensorflow/tfjs';
import type { Value } from '../record/graph.js';
import type { GraphBuilder } from '../record/graph-builder.js';
import { activate, type FusedActivation } from './activations.js';
import { reshape, transpose } from './element-types.js';
import { combine } from './elementwise-binary.js';
import type { RecordedKernel } from './kernel.js';
import { slice } from './slice-kernels.js';

type Shape4 = [number, number, number, number];

/** Attributes shared by the convolution kernels. */
interface Convolution {
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: [number, number] | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

/** Sizes of a convolution; depthwise ones have a filter of shape [h, w, channels, multiplier]. */
function sizesOf(input: Value['shape'], filter: Value['shape'], attributes: Convolution, depthwise: boolean) {
  const { strides, pad, dilations = 1, dimRoundingMode, dataFormat = 'NHWC' } = attributes;
  const info = tf.backend_util.computeConv2DInfo(
    [...input] as Shape4,
    [...filter] as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    depthwise,
    dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast',
  );
  const strideSizes = [info.strideHeight, info.strideWidth] as const;
  const dilationSizes = [info.dilationHeight, info.dilationWidth] as const;
  const { top, left } = info.padInfo;
  // Padding after the last element follows from the result's size, in which TensorFlow.js may have rounded.
  const after = (axis: 0 | 1, out: number, kernel: number, length: number, before: number) =>
    Math.max(0, strideSizes[axis] * (out - 1) + dilationSizes[axis] * (kernel - 1) + 1 - length - before);
  return {
    ...info,
    strides: strideSizes,
    dilations: dilationSizes,
    pads: [
      top,
      left,
      after(0, info.outHeight, info.filterHeight, info.inHeight, top),
      after(1, info.outWidth, info.filterWidth, info.inWidth, left),
    ] as const,
  };
}

type Sizes = ReturnType<typeof sizesOf>;

/** Channels first, as ONNX wants it. */
function channelsFirst(graph: GraphBuilder, value: Value, { dataFormat }: Sizes): Value {
  return dataFormat === 'channelsFirst' ? value : transpose(graph, value, toChannelsFirst);
}

/** From channels first to the kernel's own layout. */
function fromChannelsFirst(graph: GraphBuilder, value: Value, { dataFormat }: Sizes): Value {
  return dataFormat === 'channelsFirst' ? value : transpose(graph, value, toChannelsLast);
}

/** The filter as ONNX wants it: [out, in / group, h, w]. */
function onnxFilter(graph: GraphBuilder, filter: Value, depthwise: boolean): Value {
  const [height, width, channels, multiplier] = filter.shape as Shape4;
  if (!depthwise) return transpose(graph, filter, [3, 2, 0, 1]);
  return reshape(graph, transpose(graph, filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width]);
}

function convolve(graph: GraphBuilder, x: Value, filter: Value, sizes: Sizes, depthwise: boolean): Value {
  const shape = [sizes.batchSize, sizes.outChannels, sizes.outHeight, sizes.outWidth];
  const operands = [channelsFirst(graph, x, sizes), onnxFilter(graph, filter, depthwise)];
  const result = graph.add(
    'Conv',
    operands,
    { dtype: 'float32', shape },
    {
      kernel_shape: [sizes.filterHeight, sizes.filterWidth],
      strides: sizes.strides,
      dilations: sizes.dilations,
      pads: sizes.pads,
      group: depthwise ? sizes.inChannels : 1,
    },
  );
  return fromChannelsFirst(graph, result, sizes);
}

/** ∂/∂input: the transposed convolution. Rows that the strides left out get a zero gradient. */
function backpropagateToInput(
  graph: GraphBuilder,
  dy: Value,
  filter: Value,
  sizes: Sizes,
  depthwise: boolean,
): Value {
  const { inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth, strides, dilations, pads } =
    sizes;
  const covered = (out: number, kernel: number, axis: 0 | 1) =>
    strides[axis] * (out - 1) + dilations[axis] * (kernel - 1) + 1 - pads[axis] - pads[axis + 2]!;
  const shape = [sizes.batchSize, sizes.inChannels, inHeight, inWidth];
  const operands = [channelsFirst(graph, dy, sizes), onnxFilter(graph, filter, depthwise)];
  const result = graph.add(
    'ConvTranspose',
    operands,
    { dtype: 'float32', shape },
    {
      kernel_shape: [filterHeight, filterWidth],
      strides,
      dilations,
      pads,
      output_padding: [
        inHeight - covered(outHeight, filterHeight, 0),
        inWidth - covered(outWidth, filterWidth, 1),
      ],
      group: depthwise ? sizes.inChannels : 1,
    },
  );
  return fromChannelsFirst(graph, result, sizes);
}

/**
 * ∂/∂filter: a convolution of the input with dy as its filter, the batch taking the place of the channels and
 * strides and dilations changing places.
 */
function backpropagateToFilter(
  graph: GraphBuilder,
  x: Value,
  dy: Value,
  sizes: Sizes,
  depthwise: boolean,
): Value {
  const { batchSize, inChannels, outChannels, filterHeight, filterWidth, strides, dilations, pads } = sizes;
  // What the last filter position does not reach is cut off; what it reaches beyond the edge is padding.
  const reach = (axis: 0 | 1, out: number, filter: number, length: number) =>
    strides[axis] * (out - 1) + dilations[axis] * (filter - 1) + 1 - pads[axis] - length;
  const after = [
    reach(0, sizes.outHeight, filterHeight, sizes.inHeight),
    reach(1, sizes.outWidth, filterWidth, sizes.inWidth),
  ] as const;
  const ranges = ([0, 1] as const).map((axis) => ({
    axis: axis + 2,
    start: 0,
    end: (axis === 0 ? sizes.inHeight : sizes.inWidth) + Math.min(0, after[axis]),
    step: 1,
  }));
  const maps = slice(graph, channelsFirst(graph, x, sizes), ranges);
  const [, , height, width] = maps.shape as Shape4;
  const input = transpose(graph, maps, [1, 0, 2, 3]);
  const filter = transpose(graph, channelsFirst(graph, dy, sizes), [1, 0, 2, 3]);
  const operands = [
    depthwise ? reshape(graph, input, [1, inChannels * batchSize, height, width]) : input,
    filter,
  ];
  const shape = [depthwise ? 1 : inChannels, outChannels, filterHeight, filterWidth];
  const result = graph.add(
    'Conv',
    operands,
    { dtype: 'float32', shape },
    {
      kernel_shape: [sizes.outHeight, sizes.outWidth],
      strides: dilations,
      dilations: strides,
      pads: [pads[0], pads[1], Math.max(0, after[0]), Math.max(0, after[1])],
      group: depthwise ? inChannels : 1,
    },
  );
  if (!depthwise) return transpose(graph, result, [2, 3, 0, 1]);
  const multiplier = outChannels / inChannels;
  const split = reshape(graph, result, [inChannels, multiplier, filterHeight, filterWidth]);
  return transpose(graph, split, [2, 3, 0, 1]);
}

function forward(
  name: string,
  depthwise: boolean,
): RecordedKernel<Record<'x' | 'filter', Value>, Convolution> {
  return {
    name,
    record(graph, { x, filter }, attributes) {
      return convolve(graph, x, filter, sizesOf(x.shape, filter.shape, attributes, depthwise), depthwise);
    },
  };
}

function inputGradient(
  name: string,
  depthwise: boolean,
): RecordedKernel<Record<'dy' | 'filter', Value>, Convolution & { inputShape: number[] }> {
  return {
    name,
    record(graph, { dy, filter }, attributes) {
      const sizes = sizesOf(attributes.inputShape, filter.shape, attributes, depthwise);
      return backpropagateToInput(graph, dy, filter, sizes, depthwise);
    },
  };
}

function filterGradient(
  name: string,
  depthwise: boolean,
): RecordedKernel<Record<'dy' | 'x', Value>, Convolution & { filterShape: number[] }> {
  return {
    name,
    record(graph, { dy, x }, attributes) {
      const sizes = sizesOf(x.shape, attributes.filterShape, attributes, depthwise);
      return backpropagateToFilter(graph, x, dy, sizes, depthwise);
    },
  };
}

interface FusedOperands {
  readonly x: Value;
  readonly filter: Value;
  readonly bias?: Value;
  readonly preluActivationWeights?: Value;
}

function fused(
  name: string,
  depthwise: boolean,
): RecordedKernel<FusedOperands, Convolution & FusedActivation> {
  return {
    name,
    record(graph, { x, filter, bias, preluActivationWeights }, attributes) {
      const sizes = sizesOf(x.shape, filter.shape, attributes, depthwise);
      const maps = convolve(graph, x, filter, sizes, depthwise);
      const isColumn = sizes.dataFormat === 'channelsFirst' && bias?.shape.length === 1;
      const offset = bias !== undefined && isColumn ? reshape(graph, bias, [...bias.shape, 1, 1]) : bias;
      const sum = offset === undefined ? maps : combine(graph, 'Add', maps, offset);
      return activate(graph, sum, attributes, preluActivationWeights);
    },
  };
}

/** Convolutions in two dimensions and their first derivatives. */
export const convolutionKernels: readonly RecordedKernel<never, never>[] = [
  forward('Conv2D', false),
  forward('DepthwiseConv2dNative', true),
  inputGradient('Conv2DBackpropInput', false),
  inputGradient('DepthwiseConv2dNativeBackpropInput', true),
  filterGradient('Conv2DBackpropFilter', false),
  filterGradient('DepthwiseConv2dNativeBackpropFilter', true),
  fused('FusedConv2D', false),
  fused('FusedDepthwiseConv2D', true),
];
