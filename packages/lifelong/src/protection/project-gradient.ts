import { boxQuadraticProgram } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

const TINY = 1e-12;

/**
 * The gradient nearest to g that makes the loss of no memory worse, to first order: argmin ½‖g̃ − g‖² subject to ⟨g̃, g_k⟩ ≥ 0. Its
 * dual is a small quadratic program: min_{v ≥ γ} ½ vᵀ G Gᵀ v + (G g)ᵀ v, then g̃ = g + Gᵀ v. Solved in units of the norms ‖g_k‖,
 * in which the program is well conditioned. Where nothing is violated, g̃ = g.
 *
 * With one constraint and γ = 0 this is g − (⟨g, g_1⟩ / ‖g_1‖²) g_1.
 *
 * @param gradient - g, [P].
 * @param memories - G, a row per constraint, [K, P]; rows of 0 bind nothing.
 * @param margin - γ ≥ 0; more than 0 leans towards improving on the memories.
 * @param iterations - of the quadratic program.
 * @returns g̃, [P]. The caller disposes.
 * @see Lopez-Paz, Ranzato. Gradient Episodic Memory for Continual Learning. NeurIPS 2017, eq. 8-11.
 */
export function projectGradient(
  gradient: Tensor,
  memories: Tensor,
  margin: number,
  iterations = 300,
): Tensor {
  const size = memories.shape[0] as number;
  const norms = tf.sqrt(tf.sum(tf.square(memories), 1)); // [K]
  const used = tf.cast(tf.greater(norms, TINY), 'float32');
  const rows = memories.div(tf.maximum(norms, TINY).reshape([size, 1])); // [K, P], of length 1 or 0
  const products = tf.matMul(rows, gradient.reshape([-1, 1])).reshape([size]); // [K]
  const gram = tf.matMul(rows, rows, false, true).add(tf.eye(size).mul(tf.sub(1, used).reshape([size, 1])));
  const lower = norms.mul(used).mul(margin);
  const scale = tf.maximum(tf.max(tf.abs(products)), TINY);
  const duals = boxQuadraticProgram(gram, products.div(scale), { lower: lower.div(scale), iterations });
  const violated = tf.cast(tf.less(tf.min(products), 0), 'float32');
  const change = tf.matMul(duals.mul(scale).mul(used).reshape([1, size]), rows).reshape(gradient.shape);
  return gradient.add(change.mul(violated));
}
