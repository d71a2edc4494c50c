import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertSameItems } from './assert-same-items.js';
import { flattenItems } from './flatten-items.js';
import { meanOverItems } from './mean-over-items.js';

/**
 * Huber's loss: e²/2 where |e| ≤ δ, else δ (|e| − δ/2), for e = ŷ − y; mean over numbers and items.
 *
 * Computed as c (e − c/2) with c = e clipped to [−δ, δ], written with rectifiers.
 *
 * @param outputs - ŷ, [T, B, ...], with as many numbers per item as the targets have.
 * @param targets - y, float32 [T, B, ...].
 * @param mask - 0/1, [T, B].
 * @param delta - δ > 0, where the loss turns from quadratic to linear.
 * @returns [T]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if outputs and targets do not fit.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { huber } from '@tasklearn/nn';
 *
 * huber(tf.tensor([[[3], [0.5]]]), tf.zeros([1, 2, 1])).arraySync(); // => [1.3125]
 * ```
 *
 * @see Huber. Robust Estimation of a Location Parameter. Annals of Mathematical Statistics 35, 1964.
 */
export function huber(outputs: Tensor, targets: Tensor, mask?: Tensor, delta = 1): Tensor {
  assertSameItems('huber', outputs, targets);
  const error = flattenItems(outputs).sub(flattenItems(targets)); // [T, B, D]
  const over = tf.relu(error.sub(delta)).sub(tf.relu(error.neg().sub(delta))); // e − c, [T, B, D]
  const clipped = error.sub(over); // c
  return meanOverItems(tf.mean(clipped.mul(error.sub(clipped.mul(0.5))), 2), mask); // [T]
}
