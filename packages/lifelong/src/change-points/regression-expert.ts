import { observeItem } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Expert, ExpertParameters, Statistics } from './expert.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Parameters of {@link regressionExpert}. */
export type RegressionParameters = {
  /** W̄₀, [F, D]. */
  readonly weights: Tensor;
  /** L in C₀ = L Lᵀ + 1e-6 I, [F, F]. */
  readonly root: Tensor;
  /** log σ, [D]. */
  readonly logDeviation: Tensor;
};

/** What {@link regressionExpert} remembers. */
export type RegressionStatistics = {
  /** Λ⁻¹, [B, R, F, F]. */
  readonly covariance: Tensor;
  /** W̄, [B, R, F, D]. */
  readonly weights: Tensor;
};

/** A row for each run length: [B, F] as [B, R, 1, F]. */
function perRun(rows: Tensor, runs: number): Tensor {
  const [streams, size] = rows.shape as [number, number];
  return rows.reshape([streams, 1, 1, size]).add(tf.zeros([1, runs, 1, 1]));
}

/**
 * Bayesian linear regression of y on features: W ~ MN(W̄₀, C₀, Σ), y = Wᵀφ + ε, ε ~ N(0, Σ), Σ = diag σ². The predictive is
 * N(W̄ᵀφ, (1 + φᵀΛ⁻¹φ) Σ); one item moves the posterior by a rank-one step.
 *
 * @param outputs - D.
 * @param options - first standard deviations of a weight and of the noise.
 * @see Harrison, Sharma, Pavone. Meta-Learning Priors for Efficient Online Bayesian Regression. WAFR 2018. arXiv:1807.08912.
 */
export function regressionExpert(
  outputs: number,
  { spread, noise }: { readonly spread: number; readonly noise: number },
): Expert {
  return {
    init: (features): RegressionParameters => ({
      weights: tf.zeros([features, outputs]),
      root: tf.tidy(() => tf.eye(features).mul(spread)),
      logDeviation: tf.fill([outputs], Math.log(noise)),
    }),
    prior(parameters, streams) {
      const { weights, root } = parameters as RegressionParameters;
      const size = weights.shape[0] as number;
      const covariance = tf.matMul(root, root, false, true).add(tf.eye(size).mul(1e-6));
      return {
        covariance: covariance.reshape([1, 1, size, size]).add(tf.zeros([streams, 1, 1, 1])),
        weights: weights.reshape([1, 1, size, outputs]).add(tf.zeros([streams, 1, 1, 1])),
      };
    },
    expect: (parameters, statistics, features) => {
      const { covariance, weights } = statistics as RegressionStatistics;
      const [streams, runs] = covariance.shape as [number, number];
      const rows = perRun(features, runs);
      const scale = tf.sum(tf.matMul(rows, covariance).mul(rows), 3).add(1); // [B, R, 1]
      const deviation = tf.exp((parameters as RegressionParameters).logDeviation);
      return {
        means: tf.matMul(rows, weights).reshape([streams, runs, outputs]),
        deviations: tf.sqrt(scale).mul(deviation),
      };
    },
    observe(parameters: ExpertParameters, statistics: Statistics, features, targets, mask) {
      const filter = statistics as RegressionStatistics;
      const [streams, runs] = filter.covariance.shape as [number, number];
      const learnt = mask === undefined ? features : features.mul(mask.reshape([streams, 1]));
      const answers = perRun(targets.reshape([streams, outputs]), runs);
      const { expected, covariance, weights } = observeItem(filter, perRun(learnt, runs), answers);
      const { logDeviation } = parameters as RegressionParameters;
      const logVariance = tf.log(expected.scale).add(logDeviation.mul(2)); // [B, R, 1, D]
      const squares = tf.square(answers.sub(expected.mean)).div(tf.exp(logVariance));
      const logs = squares.add(logVariance).add(LOG_TWO_PI).mul(-0.5);
      return { logTargets: tf.sum(logs, [2, 3]), statistics: { covariance, weights } };
    },
  };
}
