import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** An eigenvalue of each matrix with its vector. */
export interface EigenPair {
  /** ⟨v, A v⟩, [...]. */
  readonly value: Tensor;
  /** v, of length 1, [..., D]. */
  readonly vector: Tensor;
}

/** Inside the root: a vector of zeros stays zero. */
const FLOOR = 1e-30;

/**
 * Power iteration: the eigenvalue of largest magnitude of each symmetric matrix, known by its products only. The error
 * of the value falls by (|λ₂| / |λ₁|)² per step.
 *
 * @param product - v ↦ A v, linear, [..., D] → [..., D].
 * @param start - v₀, [..., D], not orthogonal to what is looked for; a random vector will do.
 * @param iterations - static, >= 1.
 * @returns value and vector. The caller disposes.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { powerIteration } from '@tasklearn/nn';
 *
 * const matrix = tf.tensor([[2, 1], [1, 2]]);
 * powerIteration((v) => tf.matMul(v, matrix), tf.tensor([[1, 0]]), 20).value.arraySync(); // => [3]
 * ```
 */
export function powerIteration(product: (v: Tensor) => Tensor, start: Tensor, iterations: number): EigenPair {
  const unit = (v: Tensor) => v.mul(tf.rsqrt(tf.sum(tf.square(v), -1, true).add(FLOOR)));
  let vector = unit(start);
  for (let step = 0; step < iterations; step++) vector = unit(product(vector));
  return { value: tf.sum(vector.mul(product(vector)), -1), vector };
}
