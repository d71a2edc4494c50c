import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Mean over a task's items that count: Σ_b m_b v_b / max(Σ_b m_b, 1).
 *
 * A task in which nothing counts gets 0.
 *
 * @param values - v, one number per item, [T, B].
 * @param mask - m, 0 or 1, [T, B]; absent when every item counts.
 * @returns [T]. The caller disposes.
 */
export function meanOverItems(values: Tensor, mask?: Tensor): Tensor {
  if (mask === undefined) return tf.mean(values, 1); // [T]
  return tf.sum(values.mul(mask), 1).div(tf.maximum(tf.sum(mask, 1), 1)); // [T]
}
