import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ConvolutionAttributes } from './grouped-conv2d-attributes.js';

/** [N, K, H, W] -> [N, H, W, K] */
function toChannelsLast(maps: Tensor): Tensor4D {
  return tf.transpose(maps as Tensor4D, [0, 2, 3, 1]);
}

/** [N, H, W, K] -> [N, K, H, W] */
function toChannelsFirst(maps: Tensor): Tensor4D {
  return tf.transpose(maps as Tensor4D, [0, 3, 1, 2]);
}

/** The padded image, channels last. */
function padded(x: Tensor, { pads }: ConvolutionAttributes): Tensor4D {
  const [top, left, bottom, right] = pads;
  const last = toChannelsLast(x);
  return pads.every((pad) => pad === 0)
    ? last
    : tf.pad(last, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
}

/** [G*O, C, kh, kw] -> G filters [kh, kw, C, O] */
function filtersOf(filter: Tensor, groups: number): Tensor4D[] {
  const [outputs, inputs, rows, columns] = filter.shape as [number, number, number, number];
  const perGroup = outputs / groups;
  const split = tf.transpose(filter.reshape([groups, perGroup, inputs, rows, columns]), [0, 3, 4, 2, 1]);
  return tf.unstack(split) as Tensor4D[];
}

/** [N, H, W, G*K] -> G times [N, H, W, K] */
function splitChannels(maps: Tensor4D, groups: number): Tensor4D[] {
  return tf.split(maps as Tensor, groups, 3) as Tensor4D[];
}

function concatenated(parts: readonly Tensor4D[]): Tensor4D {
  return parts.length === 1 ? (parts[0] as Tensor4D) : tf.concat([...parts], 3);
}

/** GroupedConv2D composed of one channels-last convolution per group. */
export function groupedConv2dEager(x: Tensor, filter: Tensor, attributes: ConvolutionAttributes): Tensor {
  const { groups, strides } = attributes;
  const images = splitChannels(padded(x, attributes), groups);
  const filters = filtersOf(filter, groups);
  const parts = images.map((image, group) =>
    tf.conv2d(image, filters[group] as Tensor4D, [...strides], 'valid'),
  );
  return toChannelsFirst(concatenated(parts));
}

/** GroupedConv2DBackpropInput composed of one transposed convolution per group. */
export function groupedConv2dBackpropInputEager(
  dy: Tensor,
  filter: Tensor,
  attributes: ConvolutionAttributes,
): Tensor {
  const { groups, strides, pads, inputSize } = attributes;
  const [top, left, bottom, right] = pads;
  const [height, width] = inputSize;
  const [batch, channels] = [dy.shape[0] as number, filter.shape[1] as number];
  const size: [number, number, number, number] = [
    batch,
    height + top + bottom,
    width + left + right,
    channels,
  ];
  const filters = filtersOf(filter, groups);
  const parts = splitChannels(toChannelsLast(dy), groups).map((part, group) =>
    tf.conv2dTranspose(part, filters[group] as Tensor4D, size, [...strides], 'valid'),
  );
  const whole = concatenated(parts);
  return toChannelsFirst(tf.slice(whole, [0, top, left, 0], [batch, height, width, channels * groups]));
}

/**
 * GroupedConv2DBackpropFilter, the convolution of x with dy, both with batch and channels exchanged and dy
 * spread by the strides. (The `wasm` backend has no kernel for the derivative of its own convolution.)
 */
export function groupedConv2dBackpropFilterEager(
  x: Tensor,
  dy: Tensor,
  attributes: ConvolutionAttributes,
): Tensor {
  const { groups, strides, kernelSize } = attributes;
  const [rows, columns] = kernelSize;
  const images = splitChannels(padded(x, attributes), groups);
  const cotangents = splitChannels(toChannelsLast(dy), groups);
  const parts = images.map((image, group) => {
    const exchanged = tf.transpose(image, [3, 1, 2, 0]); // [C, H, W, B]
    const filter = tf.transpose(cotangents[group] as Tensor4D, [1, 2, 0, 3]); // [OH, OW, B, O]
    const product = tf.conv2d(exchanged, filter, 1, 'valid', 'NHWC', [...strides]); // [C, >=kh, >=kw, O]
    const [channels, , , outputs] = product.shape as [number, number, number, number];
    return tf.transpose(tf.slice(product, [0, 0, 0, 0], [channels, rows, columns, outputs]), [3, 0, 1, 2]);
  });
  return parts.length === 1 ? (parts[0] as Tensor) : tf.concat(parts, 0);
}
