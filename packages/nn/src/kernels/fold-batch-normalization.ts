import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertPositiveEpsilon, type BatchNormalizeParameters } from './batch-normalize.js';
import { channelAffineImages, channelSumImages } from './channel-kernels.js';
import { type Conv2dOptions, convolutionWindow } from './conv2d.js';
import { assertMaps } from './feature-maps.js';
import { patchesOf } from './patches.js';
import type { SpatialWindow } from './spatial-window.js';

/** A convolution that normalises as well: y = conv2d(maps, kernel) + offset. */
export interface FoldedConvolution {
  /** [T, out, C, rows, columns]. */
  readonly kernel: Tensor;
  /** [T, out]. */
  readonly offset: Tensor;
}

/** Mean [T, K] and covariance [T, K, K] over batch and positions of the K numbers that a window sees. */
function patchMoments(maps: Tensor, window: SpatialWindow): { mean: Tensor; covariance: Tensor } {
  const [batch, tasks, channels, height, width] = assertMaps('foldBatchNormalization', maps);
  const images = maps.reshape([batch, tasks * channels, height, width]);
  const patches = patchesOf(images, { ...window, groups: tasks }); // [B·T, K, H'·W']
  const [, size, area] = patches.shape as [number, number, number];
  const rows = patches.reshape([batch, tasks * size, area, 1]);
  const count = batch * area;
  const mean = channelSumImages(rows).div(count); // [T·K]
  const centred = channelAffineImages(rows, tf.ones([tasks * size]), tf.neg(mean)).reshape(patches.shape);
  const products = tf.matMul(centred, centred, false, true).reshape([batch, tasks, size, size]);
  return { mean: mean.reshape([tasks, size]), covariance: tf.sum(products, 0).div(count) };
}

/** [out, C, rows, columns] or with tasks before -> [1 or T, out, K], in the order of patches: position, then channel. */
function weightMatrix(kernel: Tensor): Tensor {
  const [outputs, channels, rows, columns] = kernel.shape.slice(-4) as [number, number, number, number];
  const tasks = kernel.rank === 5 ? (kernel.shape[0] as number) : 1;
  const split = kernel.reshape([tasks, outputs, channels, rows * columns]);
  return tf.transpose(split, [0, 1, 3, 2]).reshape([tasks, outputs, rows * columns * channels]);
}

/** True where {@link foldBatchNormalization} saves work: windows of at most half as many numbers as there are outputs. */
export function foldingPays(kernel: Tensor): boolean {
  const [outputs, ...window] = kernel.shape.slice(-4) as [number, number, number, number];
  return 2 * window.reduce((product, length) => product * length, 1) <= outputs;
}

/**
 * Batch normalisation of a convolution, folded into the convolution: the kernel k′ and offset c for which
 *
 * batchNormalize(conv2d(x, k), { γ, β }, ε) = conv2d(x, k′) + c.
 *
 * A convolution is linear in its kernel, so the mean and variance of its result follow from the mean m and covariance C of
 * the K numbers that a window sees: μ = k·m, σ² = kᵀ C k; then k′ = γ k / √(σ² + ε) and c = β - γ μ / √(σ² + ε). Where K is small,
 * as in the first layer on images, this replaces all passes over the large maps by ones over K numbers per position, in the
 * value and in derivatives of every order; and C depends on the images alone, so inner steps share it.
 *
 * The offset commutes with a maximum: add it after pooling.
 *
 * @param maps - x, [B, T, C, H, W], float32.
 * @param kernel - k, [out, C, rows, columns] or [T, out, C, rows, columns].
 * @param parameters - γ and β, [out] or [T, out].
 * @param options - strides and padding, as for `conv2d`.
 * @param epsilon - ε > 0. Default 1e-5.
 * @returns k′ and c, each with the task axis. The caller disposes. Right to every order of derivative.
 * @throws `SHAPE_MISMATCH` if the shapes do not fit; `INVALID_OPTION` for strides, padding or ε out of range.
 */
export function foldBatchNormalization(
  maps: Tensor,
  kernel: Tensor,
  { gain, bias }: BatchNormalizeParameters,
  options: Conv2dOptions = {},
  epsilon = 1e-5,
): FoldedConvolution {
  const { strides = 1, padding = 'same' } = options;
  const window = convolutionWindow('foldBatchNormalization', maps, kernel, strides, padding);
  assertPositiveEpsilon('foldBatchNormalization', epsilon);
  const tasks = maps.shape[1] as number;
  const shape = kernel.shape.slice(-4) as [number, number, number, number];
  const outputs = shape[0];
  const { mean, covariance } = patchMoments(maps, window);
  const weights = weightMatrix(kernel);
  const spread = tf.sum(tf.mul(tf.matMul(weights, covariance), weights), -1); // σ², [T, out]
  const centre = tf.matMul(weights, mean.expandDims(-1)).reshape([tasks, outputs]); // μ
  // Rounding may leave a variance of 0 a little below it.
  const scale = tf.mul(gain, tf.rsqrt(tf.add(tf.relu(spread), epsilon))); // [T, out]
  const scaled = tf.mul(kernel.reshape([-1, ...shape]), scale.reshape([tasks, outputs, 1, 1, 1]));
  return { kernel: scaled, offset: tf.sub(bias, tf.mul(scale, centre)) };
}
