import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { choleskySolve } from './cholesky-solve.js';

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
  /** Λ⁻¹, [..., F, F]. */
  readonly covariance: Tensor;
  /** W̄, [..., F, D]. */
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
 * One item more, by the rank-one identity: with u = Λ⁻¹f / √(1 + fᵀΛ⁻¹f), Λ⁻¹ ← Λ⁻¹ − u uᵀ and
 * W̄ ← W̄ + u (y − W̄ᵀf)ᵀ / √(1 + fᵀΛ⁻¹f). Rounding leaves the covariance exactly symmetric, however long the stream.
 *
 * @param feature - f, [..., 1, F], of as many leading axes as the filter. A feature of zeros changes nothing.
 * @param target - y, [..., 1, D].
 * @returns the filter after it, and what it expected before: N(mean, scale · Σ), [..., 1, D] and [..., 1, 1].
 * @see Harrison, Sharma, Pavone. Meta-Learning Priors for Efficient Online Bayesian Regression. 2018, eq. 8. arXiv:1807.08912.
 */
export function observeItem(
  { covariance, weights }: RegressionFilter,
  feature: Tensor,
  target: Tensor,
): RegressionFilter & { readonly expected: RegressionPrediction } {
  const direction = tf.matMul(covariance, feature, false, true); // Λ⁻¹ f, [..., F, 1]
  const scale = tf.matMul(feature, direction).add(1); // [..., 1, 1]
  const deviation = tf.sqrt(scale);
  const root = direction.div(deviation); // u
  const mean = tf.matMul(feature, weights);
  return {
    covariance: covariance.sub(tf.matMul(root, root, false, true)),
    weights: weights.add(tf.matMul(root, target.sub(mean).div(deviation))),
    expected: { mean, scale },
  };
}
