import * as tf from '@tensorflow/tfjs';
import type { Value } from '../record/graph.js';
import type { GraphBuilder, OutputSpec } from '../record/graph-builder.js';
import { reshape, transpose, uniform } from './element-types.js';
import { combine } from './elementwise-binary.js';
import type { RecordedKernel } from './kernel.js';

interface Pooling {
  readonly filterSize: [number, number] | number;
  readonly strides: [number, number] | number;
  readonly pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const toChannelsFirst = [0, 3, 1, 2];
const toChannelsLast = [0, 2, 3, 1];

/** Sizes of a pooling of maps [batch, height, width, channels], and the ONNX attributes that mean it. */
function sizesOf(shape: readonly number[], { filterSize, strides, pad, dimRoundingMode }: Pooling) {
  const info = tf.backend_util.computePool2DInfo(
    [...shape] as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, left, bottom, right } = info.padInfo;
  return {
    ...info,
    pooled: [info.batchSize, info.inChannels, info.outHeight, info.outWidth],
    attributes: {
      kernel_shape: [info.filterHeight, info.filterWidth],
      strides: [info.strideHeight, info.strideWidth],
      pads: [top, left, bottom, right],
    },
  };
}

function pool(graph: GraphBuilder, op: 'MaxPool' | 'AveragePool', x: Value, pooling: Pooling): Value {
  const { pooled, attributes } = sizesOf(x.shape, pooling);
  const maps = transpose(graph, x, toChannelsFirst);
  const result = graph.add(op, [maps], { dtype: 'float32', shape: pooled }, attributes);
  return transpose(graph, result, toChannelsLast);
}

/** dy goes to the largest element of each window, the first of equals. */
function maxPoolGradient(graph: GraphBuilder, dy: Value, input: Value, pooling: Pooling): Value {
  const { pooled, attributes } = sizesOf(input.shape, pooling);
  const maps = transpose(graph, input, toChannelsFirst);
  const outputs = [
    { dtype: 'float32', shape: pooled },
    { dtype: 'int64', shape: pooled },
  ] as const;
  const [, positions] = graph.addMany('MaxPool', [maps], outputs, attributes);
  const [count, size] = [dy.shape, maps.shape].map((shape) =>
    shape.reduce((product, length) => product * length, 1),
  );
  const flatPositions = reshape(graph, positions as Value, [count as number]);
  const flatDy = reshape(graph, transpose(graph, dy, toChannelsFirst), [count as number]);
  const flat: OutputSpec = { dtype: 'float32', shape: [size as number] };
  const scattered = graph.add('ScatterElements', [uniform(graph, 0, flat), flatPositions, flatDy], flat, {
    axis: 0,
    reduction: 'add',
  });
  return transpose(graph, reshape(graph, scattered, maps.shape), toChannelsLast);
}

/** How many elements that are not padding each window covers, [1, 1, out height, out width]. */
function windowCounts(sizes: ReturnType<typeof sizesOf>): Float32Array {
  const { top, left } = sizes.padInfo;
  const covered = (out: number, stride: number, before: number, filter: number, length: number) => {
    const start = out * stride - before;
    return Math.min(start + filter, length) - Math.max(start, 0);
  };
  return Float32Array.from({ length: sizes.outHeight * sizes.outWidth }, (_, index) => {
    const row = Math.floor(index / sizes.outWidth);
    const column = index % sizes.outWidth;
    return (
      covered(row, sizes.strideHeight, top, sizes.filterHeight, sizes.inHeight) *
      covered(column, sizes.strideWidth, left, sizes.filterWidth, sizes.inWidth)
    );
  });
}

/** dy, divided by the size of its window, goes to every element of it. */
function averagePoolGradient(graph: GraphBuilder, dy: Value, input: Value, pooling: Pooling): Value {
  const sizes = sizesOf(input.shape, pooling);
  const { inHeight, inWidth, outHeight, outWidth, inChannels, padInfo } = sizes;
  const counts = graph.constant({
    dtype: 'float32',
    shape: [1, 1, outHeight, outWidth],
    data: windowCounts(sizes),
  });
  const share = combine(graph, 'Div', transpose(graph, dy, toChannelsFirst), counts);
  const { filterHeight, filterWidth, strideHeight, strideWidth } = sizes;
  const ones = uniform(graph, 1, { dtype: 'float32', shape: [inChannels, 1, filterHeight, filterWidth] });
  const rest = [
    inHeight - (strideHeight * (outHeight - 1) + filterHeight - padInfo.top - padInfo.bottom),
    inWidth - (strideWidth * (outWidth - 1) + filterWidth - padInfo.left - padInfo.right),
  ];
  const spec: OutputSpec = { dtype: 'float32', shape: [sizes.batchSize, inChannels, inHeight, inWidth] };
  const spread = graph.add('ConvTranspose', [share, ones], spec, {
    ...sizes.attributes,
    output_padding: rest,
    group: inChannels,
  });
  return transpose(graph, spread, toChannelsLast);
}

/** Pooling in two dimensions and its first derivatives. */
export const poolingKernels: readonly RecordedKernel<never, never>[] = [
  {
    name: 'MaxPool',
    record: (graph, { x }: Record<'x', Value>, pooling: Pooling) => pool(graph, 'MaxPool', x, pooling),
  },
  {
    name: 'AvgPool',
    record: (graph, { x }: Record<'x', Value>, pooling: Pooling) => pool(graph, 'AveragePool', x, pooling),
  },
  {
    name: 'MaxPoolGrad',
    record: (graph, { dy, input }: Record<'dy' | 'input', Value>, pooling: Pooling) =>
      maxPoolGradient(graph, dy, input, pooling),
  },
  {
    name: 'AvgPoolGrad',
    record: (graph, { dy, input }: Record<'dy' | 'input', Value>, pooling: Pooling) =>
      averagePoolGradient(graph, dy, input, pooling),
  },
];
