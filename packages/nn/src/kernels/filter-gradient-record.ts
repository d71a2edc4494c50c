import type { GraphBuilder, Value } from '@tasklearn/runtime';
import type { ConvolutionAttributes } from './grouped-conv2d-attributes.js';
import { unreachedSize } from './spatial-window.js';

/**
 * The gradient of a grouped convolution with respect to its filter, in the form that ONNX Runtime's CPU engine
 * computes quickest for these sizes; `docs/decisions/2026-11-21-convolution-kernels.md` has the measurements.
 *
 * - few input channels: one matrix product with the patches of x, which are few;
 * - large maps at stride 1: one matrix product per filter position with x shifted by it;
 * - otherwise: a convolution of x by dy with batch and channels exchanged.
 *
 * @param x - [B, G*C, H, W].
 * @param dy - [B, G*O, H′, W′].
 * @returns [G*O, C, rows, columns].
 */
export function recordGroupedConv2dBackpropFilter(
  graph: GraphBuilder,
  x: Value,
  dy: Value,
  attributes: ConvolutionAttributes,
): Value {
  const { groups, strides, outputSize } = attributes;
  const area = outputSize[0] * outputSize[1];
  const channels = (x.shape[1] as number) / groups;
  if (channels <= 4) return byPatches(graph, x, dy, attributes);
  const dense = strides[0] === 1 && strides[1] === 1;
  if (dense && area >= 40 && area * (x.shape[0] as number) >= 900) return byShifts(graph, x, dy, attributes);
  return byConvolution(graph, x, dy, attributes);
}

function reshape(graph: GraphBuilder, value: Value, shape: readonly number[]): Value {
  return graph.add('Reshape', [value, graph.integers(shape)], { dtype: 'float32', shape });
}

function transpose(graph: GraphBuilder, value: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => value.shape[axis] as number);
  return graph.add('Transpose', [value], { dtype: 'float32', shape }, { perm });
}

/** x with its padding written out. */
function padded(
  graph: GraphBuilder,
  x: Value,
  [top, left, bottom, right]: ConvolutionAttributes['pads'],
): Value {
  if (top + left + bottom + right === 0) return x;
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const shape = [batch, channels, height + top + bottom, width + left + right];
  return graph.add('Pad', [x, graph.integers([0, 0, top, left, 0, 0, bottom, right])], {
    dtype: 'float32',
    shape,
  });
}

/** For each filter position, row by row, what it meets of x: [B*G, C, H′*W′]. */
function shiftedMaps(graph: GraphBuilder, x: Value, attributes: ConvolutionAttributes): Value[] {
  const { groups, strides, kernelSize, outputSize, pads } = attributes;
  const wide = padded(graph, x, pads);
  const [batch, allChannels] = wide.shape as [number, number];
  const [axes, steps] = [graph.integers([2, 3]), graph.integers(strides)];
  const shape = [batch, allChannels, ...outputSize];
  const flat = [batch * groups, allChannels / groups, outputSize[0] * outputSize[1]];
  const positions = Array.from({ length: kernelSize[0] * kernelSize[1] }, (_, index) => [
    Math.floor(index / kernelSize[1]),
    index % kernelSize[1],
  ]);
  return positions.map((start) => {
    const end = start.map(
      (first, axis) => first + ((outputSize[axis] as number) - 1) * (strides[axis] as number) + 1,
    );
    const operands = [wide, graph.integers(start), graph.integers(end), axes, steps];
    return reshape(graph, graph.add('Slice', operands, { dtype: 'float32', shape }), flat);
  });
}

/** dy as matrices [B*G, O, H′*W′]. */
function outputMatrices(graph: GraphBuilder, dy: Value, groups: number): Value {
  const [batch, channels, height, width] = dy.shape as [number, number, number, number];
  return reshape(graph, dy, [batch * groups, channels / groups, height * width]);
}

/** Σ_b left[b·G + g] right[b·G + g]ᵀ, flattened: [1, G*O*K]. */
function sumOfProducts(graph: GraphBuilder, left: Value, right: Value, groups: number): Value {
  const [matrices, outputs] = left.shape as [number, number];
  const shape = [matrices, outputs, right.shape[1] as number];
  const output = { dtype: 'float32', shape } as const;
  const products = graph.add('FusedMatMul', [left, right], output, { transB: 1 }, 'com.microsoft');
  const batch = matrices / groups;
  const size = groups * outputs * (right.shape[1] as number);
  const rows = reshape(graph, products, [batch, size]);
  if (batch === 1) return rows;
  return graph.add(
    'ReduceSum',
    [rows, graph.integers([0])],
    { dtype: 'float32', shape: [1, size] },
    { keepdims: 1 },
  );
}

/** All shifts side by side: [B*G, rows*columns*C, H′*W′]. */
export function recordPatches(graph: GraphBuilder, x: Value, attributes: ConvolutionAttributes): Value {
  const maps = shiftedMaps(graph, x, attributes);
  const [matrices, channels, area] = (maps[0] as Value).shape as [number, number, number];
  const output = { dtype: 'float32', shape: [matrices, maps.length * channels, area] } as const;
  return maps.length === 1 ? (maps[0] as Value) : graph.add('Concat', maps, output, { axis: 1 });
}

function byPatches(graph: GraphBuilder, x: Value, dy: Value, attributes: ConvolutionAttributes): Value {
  const { groups, kernelSize } = attributes;
  const [rows, columns] = kernelSize;
  const channels = (x.shape[1] as number) / groups;
  const patches = recordPatches(graph, x, attributes);
  const flat = sumOfProducts(graph, outputMatrices(graph, dy, groups), patches, groups); // [1, G*O*(rows*columns*C)]
  const outputs = dy.shape[1] as number;
  const byPosition = reshape(graph, flat, [outputs, rows * columns, channels]);
  const exchanged = channels === 1 ? byPosition : transpose(graph, byPosition, [0, 2, 1]);
  return reshape(graph, exchanged, [outputs, channels, rows, columns]);
}

function byShifts(graph: GraphBuilder, x: Value, dy: Value, attributes: ConvolutionAttributes): Value {
  const { groups, kernelSize } = attributes;
  const left = outputMatrices(graph, dy, groups);
  const sums = shiftedMaps(graph, x, attributes).map((map) => sumOfProducts(graph, left, map, groups));
  const size = (sums[0] as Value).shape[1] as number;
  const stacked = graph.add('Concat', sums, { dtype: 'float32', shape: [sums.length, size] }, { axis: 0 });
  const outputs = dy.shape[1] as number;
  return reshape(graph, transpose(graph, stacked, [1, 0]), [outputs, size / outputs, ...kernelSize]);
}

function byConvolution(graph: GraphBuilder, x: Value, dy: Value, attributes: ConvolutionAttributes): Value {
  const { groups, strides, pads, kernelSize, outputSize } = attributes;
  const [batch, allChannels, height, width] = x.shape as [number, number, number, number];
  const channels = allChannels / groups;
  const grouped = reshape(graph, x, [batch, groups, channels, height * width]);
  const images = reshape(graph, transpose(graph, grouped, [2, 1, 0, 3]), [
    channels,
    groups * batch,
    height,
    width,
  ]);
  const filter = transpose(graph, dy, [1, 0, 2, 3]); // [G*O, B, H′, W′]
  const outputs = filter.shape[0] as number;
  const [rows, columns] = kernelSize;
  const excess = unreachedSize(attributes);
  const product = graph.add(
    'Conv',
    [images, filter],
    { dtype: 'float32', shape: [channels, outputs, rows + excess[0], columns + excess[1]] },
    { group: groups, kernel_shape: outputSize, dilations: strides, strides: [1, 1], pads },
  );
  const ends = [product, graph.integers([0, 0]), graph.integers([rows, columns]), graph.integers([2, 3])];
  const cut =
    excess[0] + excess[1] === 0
      ? product
      : graph.add('Slice', ends, { dtype: 'float32', shape: [channels, outputs, rows, columns] });
  return transpose(graph, cut, [1, 0, 2, 3]);
}
