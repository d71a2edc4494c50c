import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { PolicyGradientBatch } from './policy-gradient-loss.js';
import { weightedMean } from './weighted-mean.js';

/** What {@link ppoLoss} compares. */
export interface PpoBatch extends PolicyGradientBatch {
  /** log π_old(a | s), constants, [T, B]. */
  readonly oldLogProbability: Tensor;
}

/** A loss per task, and numbers about it. */
export interface PpoLoss {
  /** [T]. */
  readonly loss: Tensor;
  /** Estimated KL(π_old ‖ π_θ), the mean of ρ − 1 − log ρ, [T]. */
  readonly divergence: Tensor;
  /** Share of decisions with |ρ − 1| > ε, [T]. */
  readonly clipped: Tensor;
}

/** |x| > limit as 0 or 1. */
function beyond(x: Tensor, limit: number): Tensor {
  return tf.greater(tf.abs(x), limit).cast('float32');
}

/**
 * The clipped surrogate of proximal policy optimisation.
 *
 * L = −mean min(ρ Â, clip(ρ, 1 − ε, 1 + ε) Â), ρ = π_θ(a | s) / π_old(a | s)
 *
 * A decision that has moved further than ε in the direction its advantage favours has no gradient.
 *
 * @param clip - ε > 0; 0.2 in the paper.
 * @see Schulman, Wolski, Dhariwal, Radford, Klimov. Proximal Policy Optimization Algorithms. 2017, eq. 7. arXiv:1707.06347.
 */
export function ppoLoss(batch: PpoBatch, clip: number): PpoLoss {
  const { logProbability, oldLogProbability, advantages, mask, divisor } = batch;
  const logRatio = logProbability.sub(oldLogProbability);
  const ratio = tf.exp(logRatio); // [T, B]
  const limited = tf.minimum(tf.maximum(ratio, 1 - clip), 1 + clip);
  const worse = tf.minimum(ratio.mul(advantages), limited.mul(advantages));
  return {
    loss: tf.neg(weightedMean(worse, mask, divisor)),
    divergence: weightedMean(ratio.sub(1).sub(logRatio), mask),
    clipped: weightedMean(beyond(ratio.sub(1), clip), mask),
  };
}

/** Values, and what they should have been. */
export interface ValueBatch {
  /** V_θ(s), differentiable in θ; [T, B]. */
  readonly values: Tensor;
  /** The returns to learn, constants, [T, B]. */
  readonly returns: Tensor;
  /** V_old(s), constants, [T, B]; needed for clipping. */
  readonly oldValues?: Tensor;
  /** Weights, [T, B]. Default 1. */
  readonly mask?: Tensor;
}

/**
 * Half the mean squared error of values, [T]. With `clip` ε > 0 a value may move from its old one by ε at most before
 * the larger of the two errors counts, as in the released code of PPO.
 */
export function valueLoss({ values, returns, oldValues, mask }: ValueBatch, clip = 0): Tensor {
  let error = tf.square(values.sub(returns)); // [T, B]
  if (clip > 0 && oldValues !== undefined) {
    const moved = tf.minimum(tf.maximum(values.sub(oldValues), -clip), clip);
    error = tf.maximum(error, tf.square(oldValues.add(moved).sub(returns)));
  }
  return weightedMean(error, mask).mul(0.5);
}
