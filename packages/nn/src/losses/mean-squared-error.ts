import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertSameItems } from './assert-same-items.js';
import { flattenItems } from './flatten-items.js';
import { meanOverItems } from './mean-over-items.js';

/**
 * Mean squared error over the numbers of an item and over items: up to scale and a constant, the negative
 * log-likelihood of a Gaussian of unit variance.
 *
 * L_t = mean_b mean_d (ŷ_tbd − y_tbd)²
 *
 * @param outputs - ŷ, [T, B, ...], with as many numbers per item as the targets have.
 * @param targets - y, float32 [T, B, ...].
 * @param mask - 0/1, [T, B].
 * @returns [T]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if outputs and targets do not fit.
 */
export function meanSquaredError(outputs: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  assertSameItems('meanSquaredError', outputs, targets);
  const squared = tf.square(flattenItems(outputs).sub(flattenItems(targets))); // [T, B, D]
  if (mask === undefined) return tf.mean(squared, [1, 2]); // [T]
  return meanOverItems(tf.mean(squared, 2), mask); // [T]
}
