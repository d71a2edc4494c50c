import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Σ_b w_b x_b / Σ_b w_b of each task, [T, B] → [T].
 *
 * @param weights - w ≥ 0, [T, B]: 1 and 0 to leave out what was padded. Default 1.
 * @param divisor - what to divide by instead of Σ w, e.g. the number of episodes.
 */
export function weightedMean(x: Tensor, weights?: Tensor, divisor?: number): Tensor {
  const sum = tf.sum(weights === undefined ? x : x.mul(weights), 1); // [T]
  if (divisor !== undefined) return sum.div(divisor);
  if (weights === undefined) return sum.div(x.shape[1] as number);
  return sum.div(tf.maximum(tf.sum(weights, 1), 1e-12));
}
