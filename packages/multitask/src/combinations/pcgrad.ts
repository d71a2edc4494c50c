import type { GradientCombination } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { diagonal, gramMatrix, TINY, weightedSum } from './gram.js';

/** Which part of the surgery is kept: both, only the new directions, or only the new lengths. */
export type SurgeryPart = 'both' | 'direction' | 'magnitude';

/**
 * The coefficients of projected gradients, g_i^PC = Σ_j C_ij g_j: each task's gradient loses, one other task after another,
 * its part against that task's (original) gradient.
 *
 * C = I; for j ≠ i in i's order: C_ij ← C_ij − min(0, (C K)_ij) / K_jj. All in the Gram matrix: no gradient is touched.
 *
 * @param gram - K, [T, T].
 * @param keys - [T, T]: row i visits the others in ascending order of its numbers.
 * @returns C, [T, T].
 */
export function projectionCoefficients(gram: Tensor, keys: Tensor): Tensor {
  const tasks = gram.shape[0] as number;
  const others = tf.sub(1, tf.eye(tasks)); // [T, T]
  const squares = tf.maximum(diagonal(gram), TINY); // [T]
  // rank[i, j]: how many of row i's keys are smaller than that of j.
  const smaller = tf.cast(keys.expandDims(1).less(keys.expandDims(2)), 'float32'); // [i, j, k]: key_k < key_j
  const rank = tf.sum(smaller, 2);
  let coefficients: Tensor = tf.eye(tasks);
  for (let place = 0; place < tasks; place += 1) {
    const visited = tf.cast(rank.equal(place), 'float32').mul(others); // one j per row, or none
    const products = tf.matMul(coefficients, gram); // ⟨g_i^PC, g_j⟩
    const against = tf.minimum(products, 0).div(squares);
    coefficients = coefficients.sub(visited.mul(against));
  }
  return coefficients;
}

/** Lengths of the rows of C G, by way of the Gram matrix: √diag(C K Cᵀ), [T]. */
function lengths(coefficients: Tensor, gram: Tensor): Tensor {
  return tf.sqrt(tf.sum(tf.matMul(coefficients, gram).mul(coefficients), 1).add(TINY));
}

/** The weights of Σ_i g_i^PC in terms of the original gradients, [T], with only a part of the surgery kept. */
function surgeryWeights(gram: Tensor, keys: Tensor, part: SurgeryPart): Tensor {
  const coefficients = projectionCoefficients(gram, keys);
  if (part === 'both') return tf.sum(coefficients, 0);
  const before = tf.sqrt(diagonal(gram).add(TINY));
  const after = lengths(coefficients, gram);
  if (part === 'magnitude') return after.div(before);
  return tf.sum(coefficients.mul(before.div(after).expandDims(1)), 0);
}

/**
 * Gradient surgery: where two tasks' gradients conflict (⟨g_i, g_j⟩ < 0), each is projected onto the plane normal to the other,
 * in an order drawn anew for each task and update; the sum of what remains is followed.
 *
 * @param part - `direction` keeps each gradient's length, `magnitude` its direction: the paper's ablations.
 * @see Yu, Kumar, Gupta, Levine, Hausman, Finn. Gradient Surgery for Multi-Task Learning. NeurIPS 2020. arXiv:2001.06782.
 */
export function pcgrad(part: SurgeryPart = 'both'): GradientCombination {
  return {
    needs: 'gradients',
    init: () => ({}),
    combine({ losses, gradients = tf.zeros([losses.size, 0]) }, state, rng) {
      const tasks = losses.shape[0] as number;
      const weights = surgeryWeights(gramMatrix(gradients), rng.uniform([tasks, tasks]), part);
      return { combined: weightedSum(weights, gradients), state };
    },
  };
}
