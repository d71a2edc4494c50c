import { type GradientCombination, requireInteger, requireNonNegative } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gramMatrix, TINY, weightedSum } from './gram.js';

/** What {@link cagrad} may be told. */
export interface CagradOptions {
  /** c ≥ 0: how far the update may be from the mean gradient, in units of its length; 0 is the mean. Default 0.4. */
  readonly radius?: number;
  /** Steps of the search over the simplex. Default 100. */
  readonly iterations?: number;
}

/**
 * argmin over the simplex of F(w) = wᵀ K e / T + √φ √(wᵀ K w), φ = c² ‖g_0‖², by exponentiated gradient steps of falling size.
 *
 * @param gram - K, [T, T].
 * @returns w, [T].
 */
export function conflictAverseWeights(gram: Tensor, radius: number, iterations: number): Tensor {
  const tasks = gram.shape[0] as number;
  const toMean = tf.mean(gram, 1); // ⟨g_t, g_0⟩, [T]
  const meanNorm = tf.sqrt(tf.mean(toMean).add(TINY)); // ‖g_0‖
  let logits: Tensor = tf.zeros([tasks]);
  let best: Tensor = tf.fill([tasks], 1 / tasks);
  let lowest: Tensor | undefined;
  for (let iteration = 0; iteration <= iterations; iteration += 1) {
    const weights = tf.softmax(logits);
    const product = tf.matMul(gram, weights.expandDims(1)).squeeze([1]); // K w
    const norm = tf.sqrt(tf.sum(weights.mul(product)).add(TINY)); // ‖g_w‖
    const value = tf.sum(weights.mul(toMean)).add(meanNorm.mul(norm).mul(radius));
    const better = lowest === undefined ? tf.scalar(1) : tf.cast(value.less(lowest), 'float32');
    best = weights.mul(better).add(best.mul(tf.sub(1, better)));
    lowest = lowest === undefined ? value : tf.minimum(value, lowest);
    const slope = toMean.add(product.mul(meanNorm).mul(radius).div(norm)); // [T]
    const spread = tf.maximum(tf.max(tf.abs(slope.sub(tf.mean(slope)))), TINY);
    logits = logits.sub(slope.div(spread).mul(2 / Math.sqrt(iteration + 1)));
  }
  return best;
}

/**
 * Conflict-averse gradient descent: of all updates within c ‖g_0‖ of the mean gradient g_0, the one whose worst task
 * improves most.
 *
 * d = g_0 + c ‖g_0‖ g_w / ‖g_w‖, w = argmin over the simplex of ⟨g_w, g_0⟩ + c ‖g_0‖ ‖g_w‖; T d is followed.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Liu, Liu, Jin, Stone, Liu. Conflict-Averse Gradient Descent for Multi-task Learning. NeurIPS 2021. arXiv:2110.14048.
 */
export function cagrad({ radius = 0.4, iterations = 100 }: CagradOptions = {}): GradientCombination {
  requireNonNegative('cagrad', { radius }, 'radius');
  requireInteger('cagrad', { iterations }, 'iterations', 1);
  return {
    needs: 'gradients',
    init: () => ({}),
    combine({ losses, gradients = tf.zeros([losses.size, 0]) }, state) {
      const tasks = losses.shape[0] as number;
      const gram = gramMatrix(gradients);
      const w = conflictAverseWeights(gram, radius, iterations);
      const meanNorm = tf.sqrt(tf.mean(gram).add(TINY));
      const norm = tf.sqrt(tf.sum(w.mul(tf.matMul(gram, w.expandDims(1)).squeeze([1]))).add(TINY));
      const weights = w
        .mul(meanNorm)
        .mul(radius)
        .div(norm)
        .add(1 / tasks);
      return { combined: weightedSum(weights.mul(tasks), gradients), state };
    },
  };
}
