import type { Rng } from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Sets each number to 0 with probability p and divides the rest by 1 − p, so that the mean stays.
 *
 * @param x - any shape.
 * @param rate - p in [0, 1).
 * @param rng - where the mask is drawn from.
 * @returns the shape of x. The caller disposes.
 * @throws `INVALID_OPTION` if p is not in [0, 1).
 * @see Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov. Dropout. JMLR 15, 2014.
 */
export function dropout(x: Tensor, rate: number, rng: Rng): Tensor {
  if (!(rate >= 0 && rate < 1)) {
    throw new TasklearnError('INVALID_OPTION', `dropout: rate must be in [0, 1), got ${rate}.`, {
      key: 'rate',
      received: rate,
    });
  }
  if (rate === 0) return x.clone();
  const kept = tf.greaterEqual(rng.uniform(x.shape), rate).cast('float32');
  return x.mul(kept.mul(1 / (1 - rate)));
}
