import * as tf from '@tensorflow/tfjs';
import type { Initializer } from './initializer.js';

/**
 * w ~ N(0, σ²).
 *
 * @param standardDeviation - σ ≥ 0.
 */
export function normal(standardDeviation: number): Initializer {
  return (shape, _fans, rng) => tf.tidy(() => rng.normal(shape).mul(standardDeviation));
}
