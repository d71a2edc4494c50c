import { stopGradient } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { weightedMean } from './weighted-mean.js';

/** Decisions and what they were worth. */
export interface PolicyGradientBatch {
  /** log π_θ(a | s) of the decisions made, differentiable in θ; [T, B]. */
  readonly logProbability: Tensor;
  /** Â, how much better than expected they turned out; constants, [T, B]. */
  readonly advantages: Tensor;
  /** Weights of the decisions, [T, B]: 0 for what was padded. Default 1. */
  readonly mask?: Tensor;
  /** What to divide the sum by instead of Σ mask, e.g. the number of episodes. */
  readonly divisor?: number;
}

/**
 * The score-function estimator as a loss: L = −mean log π_θ(a | s) Â, whose gradient is −E[∇ log π Â].
 *
 * Its second derivative is not that of the expected return; see {@link lvcLoss} and `diceLoss`. With Â = 1 it is maximum
 * likelihood, the loss of behaviour cloning.
 *
 * @returns [T].
 * @see Williams. Simple Statistical Gradient-Following Algorithms. Machine Learning 8, 1992.
 */
export function policyGradientLoss(batch: PolicyGradientBatch): Tensor {
  const { logProbability, advantages, mask, divisor } = batch;
  return tf.neg(weightedMean(logProbability.mul(advantages), mask, divisor));
}

/**
 * The importance-weighted estimator: L = −mean ρ Â, ρ = π_θ(a | s) / π_old(a | s): what another policy would have earned
 * with this one's states.
 *
 * @param oldLogProbability - log π_old(a | s), constants, [T, B].
 * @returns [T].
 */
export function importanceWeightedLoss(batch: PolicyGradientBatch, oldLogProbability: Tensor): Tensor {
  const { logProbability, advantages, mask, divisor } = batch;
  const ratio = tf.exp(logProbability.sub(oldLogProbability)); // [T, B]
  return tf.neg(weightedMean(ratio.mul(advantages), mask, divisor));
}

/**
 * Low-variance curvature: L = −mean (π_θ / stop(π_θ)) Â. Its gradient is the policy gradient; its second derivative keeps
 * E[∇π ∇πᵀ / π² Â], which that of the score function lacks, and leaves out only the correlation between decisions.
 *
 * @returns [T].
 * @see Rothfuss, Lee, Clavera, Asfour, Abbeel. ProMP. ICLR 2019, eq. 6. arXiv:1810.06784.
 */
export function lvcLoss(batch: PolicyGradientBatch): Tensor {
  return importanceWeightedLoss(batch, stopGradient(batch.logProbability));
}

/**
 * What is subtracted from a loss to keep a policy from becoming certain: the mean entropy, [T, B] → [T].
 */
export function meanEntropy(entropy: Tensor, mask?: Tensor): Tensor {
  return weightedMean(entropy, mask);
}
