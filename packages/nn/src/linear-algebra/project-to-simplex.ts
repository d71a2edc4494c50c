import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../gradients/stop-gradient.js';

/** (Σ active v − 1) / number active, [..., 1]. */
function threshold(v: Tensor, active: Tensor): Tensor {
  return tf
    .sum(v.mul(active), -1, true)
    .sub(1)
    .div(tf.sum(active, -1, true));
}

/**
 * The nearest point of the probability simplex: argmin ‖p − v‖² over p ≥ 0, Σ p = 1; also called sparsemax.
 *
 * p = max(v − τ, 0). Michelot's iteration finds τ without sorting: what is not above τ is dropped for good, and τ
 * becomes (Σ kept v − 1) / number kept; D steps always suffice.
 *
 * @param v - [..., D].
 * @param iterations - static; default D. Fewer are enough where few numbers are dropped.
 * @returns p, [..., D]. The caller disposes. Derivatives are those of the final set.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { projectToSimplex } from '@tasklearn/nn';
 *
 * projectToSimplex(tf.tensor([[0.6, 0.6, -1]])).arraySync(); // => [[0.5, 0.5, 0]]
 * ```
 *
 * @see Michelot. A finite algorithm for finding the projection of a point onto the canonical simplex. 1986.
 */
export function projectToSimplex(v: Tensor, iterations = v.shape[v.rank - 1] as number): Tensor {
  const fixed = stopGradient(v);
  let active = tf.onesLike(fixed);
  for (let step = 0; step < iterations; step++) {
    active = active.mul(tf.greater(fixed, threshold(fixed, active)).cast('float32'));
  }
  return tf.relu(v.sub(threshold(v, active)));
}
