import { type GradientCombination, requireInteger } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gramMatrix, TINY, weightedSum } from './gram.js';

/** What {@link mgda} may be told. */
export interface MgdaOptions {
  /** Steps of Frank and Wolfe's method. Default 50. */
  readonly iterations?: number;
  /** `norm`: gradients are scaled to length 1 first, `loss`: by their task's loss, `none` (the default): not at all. */
  readonly scale?: 'none' | 'norm' | 'loss';
}

/**
 * The point of smallest norm in the convex hull of the gradients: argmin_α αᵀ K α over the simplex, by Frank and Wolfe's
 * method with exact line search. For two tasks one step is exact.
 *
 * @param gram - K, [T, T].
 * @returns α, [T].
 * @see Jaggi. Revisiting Frank-Wolfe. ICML 2013; Sener and Koltun (2018), algorithm 2.
 */
export function minimumNormWeights(gram: Tensor, iterations: number): Tensor {
  const tasks = gram.shape[0] as number;
  const steps = tf.range(0, tasks, 1, 'float32');
  let weights: Tensor = tf.fill([tasks], 1 / tasks);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const slope = tf.matMul(gram, weights.expandDims(1)).squeeze([1]); // K α, [T]
    // The lowest corner; of equals the first.
    const lowest = tf.cast(slope.equal(tf.min(slope)), 'float32');
    const first = tf.min(steps.add(tf.sub(1, lowest).mul(tasks)));
    const corner = tf.cast(steps.equal(first), 'float32'); // [T]
    const toCorner = corner.sub(weights);
    const along = tf.sum(toCorner.mul(slope));
    const curvature = tf.sum(toCorner.mul(tf.matMul(gram, toCorner.expandDims(1)).squeeze([1])));
    const step = tf.clipByValue(tf.neg(along).div(tf.maximum(curvature, TINY)), 0, 1);
    weights = weights.add(toCorner.mul(step));
  }
  return weights;
}

/**
 * Multiple gradient descent: follows the shortest convex combination of the tasks' gradients, times T. It is a direction
 * of descent for every task, or zero where no such direction exists (a Pareto-stationary point).
 *
 * @throws `INVALID_OPTION` for a number of iterations below 1.
 * @see Désidéri. Multiple-gradient descent algorithm. 2012; Sener, Koltun. Multi-Task Learning as Multi-Objective
 * Optimization. NeurIPS 2018. arXiv:1810.04650.
 */
export function mgda({ iterations = 50, scale = 'none' }: MgdaOptions = {}): GradientCombination {
  requireInteger('mgda', { iterations }, 'iterations', 1);
  return {
    needs: 'gradients',
    init: () => ({}),
    combine({ losses, gradients = tf.zeros([losses.size, 0]) }, state) {
      const tasks = losses.shape[0] as number;
      const sizes =
        scale === 'norm'
          ? tf.sqrt(tf.sum(tf.square(gradients), 1).add(TINY))
          : scale === 'loss'
            ? tf.maximum(losses, TINY)
            : tf.ones([tasks]);
      const scaled = gradients.div(sizes.expandDims(1));
      const weights = minimumNormWeights(gramMatrix(scaled), iterations).mul(tasks);
      return { combined: weightedSum(weights, scaled), state };
    },
  };
}
