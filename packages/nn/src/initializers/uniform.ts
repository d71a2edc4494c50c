import * as tf from '@tensorflow/tfjs';
import type { Initializer } from './initializer.js';

/**
 * w ~ U[−limit, limit).
 *
 * @param limit - ≥ 0.
 */
export function uniform(limit: number): Initializer {
  return (shape, _fans, rng) =>
    tf.tidy(() =>
      rng
        .uniform(shape)
        .mul(2 * limit)
        .sub(limit),
    );
}
