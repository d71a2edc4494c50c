import { choleskySolve } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Matrix-normal belief about W in y = Wᵀ f + ε, ε ~ N(0, Σ) with diagonal Σ: W ~ MN(Λ⁻¹ Q, Λ⁻¹, Σ).
 * Precision and projection, because data add to them.
 */
export type RegressionBelief = {
  /** Λ, [T, F, F], symmetric and positive definite. */
  readonly precision: Tensor;
  /** Q = Λ W̄, [T, F, D]. */
  readonly projection: Tensor;
};

/** N(mean, scale · Σ) for every item: [T, B, D] and [T, B, 1], scale >= 1. */
export type RegressionPrediction = { readonly mean: Tensor; readonly scale: Tensor };

/**
 * The belief after data: Λ + ΦᵀΦ, Q + ΦᵀY. Exact, and the same in whatever order and portions data come.
 *
 * @param features - Φ, [T, S, F].
 * @param targets - Y, [T, S, D].
 * @param mask - [T, S], 1 where an item counts.
 */
export function conditionRegression(
  { precision, projection }: RegressionBelief,
  features: Tensor,
  targets: Tensor,
  mask?: Tensor,
): RegressionBelief {
  const counted = mask === undefined ? features : features.mul(mask.expandDims(2));
  return {
    precision: precision.add(tf.matMul(counted, features, true, false)),
    projection: projection.add(tf.matMul(counted, targets, true, false)),
  };
}

/**
 * The posterior predictive: N(W̄ᵀ f, (1 + fᵀ Λ⁻¹ f) Σ).
 *
 * @param features - f, [T, B, F].
 */
export function predictRegression(
  { precision, projection }: RegressionBelief,
  features: Tensor,
): RegressionPrediction {
  const transposed = tf.transpose(features, [0, 2, 1]); // [T, F, B]
  const solved = choleskySolve(precision, tf.concat([projection, transposed], 2)); // [T, F, D + B]
  const [tasks, size, outputs] = projection.shape as [number, number, number];
  const items = features.shape[1] as number;
  const weights = tf.slice(solved, [0, 0, 0], [tasks, size, outputs]);
  const leverage = tf.sum(transposed.mul(tf.slice(solved, [0, 0, outputs], [tasks, size, items])), 1); // [T, B]
  return { mean: tf.matMul(features, weights), scale: leverage.add(1).expandDims(2) };
}

/** The covariance form of a belief, for streams: Λ⁻¹ and W̄ can be moved by one item without solving anything. */
export type RegressionFilter = {
  /** Λ⁻¹, [T, F, F]. */
  readonly covariance: Tensor;
  /** W̄, [T, F, D]. */
  readonly weights: Tensor;
};

/** The covariance form of a belief. */
export function regressionFilter({ precision, projection }: RegressionBelief): RegressionFilter {
  const [tasks, size] = precision.shape as [number, number, number];
  const identity = tf
    .eye(size)
    .expandDims(0)
    .add(tf.zeros([tasks, 1, 1]));
  const covariance = choleskySolve(precision, identity);
  return { covariance, weights: tf.matMul(covariance, projection) };
}

/**
 * One item more, by the rank-one identity: Λ⁻¹ ← Λ⁻¹ − (Λ⁻¹f)(Λ⁻¹f)ᵀ / (1 + fᵀΛ⁻¹f), W̄ ← W̄ + gain (y − W̄ᵀf)ᵀ.
 * The covariance is made symmetric again, as rounding would undo it over a long stream.
 *
 * @param feature - f, [T, 1, F].
 * @param target - y, [T, 1, D].
 * @see Harrison, Sharma, Pavone. Meta-Learning Priors for Efficient Online Bayesian Regression. 2018, eq. 8. arXiv:1807.08912.
 */
export function observeItem(
  { covariance, weights }: RegressionFilter,
  feature: Tensor,
  target: Tensor,
): RegressionFilter {
  const direction = tf.matMul(covariance, feature, false, true); // Λ⁻¹ f, [T, F, 1]
  const scale = tf.matMul(feature, direction).add(1); // [T, 1, 1]
  const gain = direction.div(scale);
  const next = covariance.sub(tf.matMul(gain, direction, false, true));
  const error = target.sub(tf.matMul(feature, weights)); // [T, 1, D]
  return {
    covariance: next.add(tf.transpose(next, [0, 2, 1])).mul(0.5),
    weights: weights.add(tf.matMul(gain, error)),
  };
}
