import { mapTree, type Rng, requireNonNegative, requireOneOf, type Tree, zipTrees } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A limit on how much of a prediction may come from the input alone. */
export type PathRegularization = {
  /**
   * `none`; `weights`: the weights of the input encoder are random, N(m, s²) with m and s learnt (MR-CNP on weights);
   * `activations`: its outputs are (MR-CNP on activations); `allWeights`: all weights are, for comparison (Bayes by backprop).
   */
  readonly kind: 'none' | 'weights' | 'activations' | 'allWeights';
  /** β ≥ 0, weight of KL(· ‖ N(0, I)) in the loss. */
  readonly strength: number;
};

/** No limit. */
export const pathRegularizationDefaults: PathRegularization = { kind: 'none', strength: 1e-3 };

/** @throws `INVALID_OPTION` for an unknown kind or a negative strength. */
export function checkPathRegularization(owner: string, regularization: PathRegularization): void {
  requireOneOf(owner, regularization, 'kind', ['none', 'weights', 'activations', 'allWeights']);
  requireNonNegative(owner, regularization, 'strength');
}

/** log s at first: s = 0.05. */
const FIRST_LOG_DEVIATION = -3;

/** log s for every weight of a tree. The caller disposes. */
export function firstLogDeviations(weights: Tree<Tensor>): Tree<Tensor> {
  return mapTree(weights, (leaf: Tensor) => tf.fill(leaf.shape, FIRST_LOG_DEVIATION));
}

/** m + s ε, ε ~ N(0, I). */
export function sampledWeights(means: Tree<Tensor>, logDeviations: Tree<Tensor>, rng: Rng): Tree<Tensor> {
  let count = 0;
  return zipTrees(
    (mean: Tensor, logDeviation: Tensor) =>
      mean.add(tf.exp(logDeviation).mul(rng.split(count++).normal(mean.shape))),
    means,
    logDeviations,
  );
}

/**
 * KL(N(m, s²) ‖ N(0, 1)) of each number: ½ (s² + m² − 1) − log s. Shape of m.
 *
 * @see Yin, Tucker, Zhou, Levine, Finn. Meta-Learning without Memorization. ICLR 2020. arXiv:1912.03820.
 */
export function divergenceFromStandard(mean: Tensor, logDeviation: Tensor): Tensor {
  return tf.exp(logDeviation.mul(2)).add(tf.square(mean)).sub(1).mul(0.5).sub(logDeviation);
}

/** Σ KL over all weights of a tree, []. */
export function weightDivergence(means: Tree<Tensor>, logDeviations: Tree<Tensor>): tf.Scalar {
  let total: Tensor = tf.scalar(0);
  zipTrees(
    (mean: Tensor, logDeviation: Tensor) => {
      total = total.add(tf.sum(divergenceFromStandard(mean, logDeviation)));
      return mean;
    },
    means,
    logDeviations,
  );
  return total as tf.Scalar;
}
