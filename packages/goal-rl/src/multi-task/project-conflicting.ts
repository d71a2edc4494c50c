import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Gradient surgery: each task's gradient loses its component along every other task's gradient that it conflicts with;
 * the mean of what is left is the direction. Recordable.
 *
 * g_i ← g_i − min(0, g_i·g_j) / ‖g_j‖² · g_j for j in turn, j ≠ i. Done on the T × T matrix of inner products, so that the
 * cost beside one product with [T, P] does not grow with P.
 *
 * @param gradients - of T tasks, [T, P].
 * @returns [P].
 * @remarks Differs from the paper: j goes through the tasks in their order rather than in a random one.
 * @see Yu, Kumar, Gupta, Levine, Hausman, Finn. Gradient Surgery for Multi-Task Learning. NeurIPS 2020. arXiv:2001.06782.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { projectConflicting } from '@tasklearn/goal-rl';
 *
 * // (1, 0) and (−1, 1) conflict: they become (½, ½) and (0, 1).
 * projectConflicting(tf.tensor2d([[1, 0], [-1, 1]])).arraySync(); // => [0.25, 0.75]
 * ```
 */
export function projectConflicting(gradients: Tensor): Tensor {
  const tasks = gradients.shape[0] as number;
  const products = tf.matMul(gradients as tf.Tensor2D, gradients as tf.Tensor2D, false, true); // [T, T]
  const columns = tf.split(products, tasks, 1); // T of [T, 1]
  let weights: Tensor = tf.eye(tasks); // Row i: what g_i has become, in terms of the original gradients.
  for (const [j, column] of columns.entries()) {
    const own = tf.oneHot(tf.tensor1d([j], 'int32'), tasks).cast('float32'); // [1, T]
    const others = tf.sub(1, own.transpose()); // [T, 1]
    const inner = tf.matMul(weights as tf.Tensor2D, column as tf.Tensor2D); // g_i · g_j, [T, 1]
    const length = tf.slice(column, [j, 0], [1, 1]).maximum(1e-12); // ‖g_j‖²
    const share = tf.minimum(inner, 0).div(length).mul(others); // [T, 1]
    weights = weights.sub(tf.matMul(share as tf.Tensor2D, own as tf.Tensor2D));
  }
  const mean = tf.mean(weights, 0, true); // [1, T]
  return tf.matMul(mean as tf.Tensor2D, gradients as tf.Tensor2D).squeeze([0]);
}
