import { logSumExp, oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Expert, ExpertParameters, Statistics } from './expert.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** Parameters of {@link classExpert}. */
export type ClassParameters = {
  /** m₀, [N, F]. */
  readonly means: Tensor;
  /** log l₀, [N, F]. */
  readonly logPrecision: Tensor;
  /** log d₀, [N]. */
  readonly logCounts: Tensor;
  /** log s, [F]. */
  readonly logDeviation: Tensor;
};

/** What {@link classExpert} remembers. */
export type ClassStatistics = {
  /** q = l m, [B, R, N, F]. */
  readonly projection: Tensor;
  /** Items seen of each class, [B, R, N]; l = l₀ + counts / s². */
  readonly counts: Tensor;
};

/** log p(φ, y = c | η_r), [B, R, N]. */
function logJoint(parameters: ClassParameters, { projection, counts }: ClassStatistics, features: Tensor) {
  const { logPrecision, logCounts, logDeviation } = parameters;
  const noise = tf.exp(logDeviation.mul(2)); // s², [F]
  const precision = tf.exp(logPrecision).add(counts.expandDims(3).div(noise)); // [B, R, N, F]
  const variance = tf.reciprocal(precision).add(noise);
  const [streams, size] = features.shape as [number, number];
  const error = features.reshape([streams, 1, 1, size]).sub(projection.div(precision));
  const each = tf.square(error).div(variance).add(tf.log(variance)).add(LOG_TWO_PI);
  const total = counts.add(tf.exp(logCounts)); // [B, R, N]
  const share = tf.log(total).sub(tf.log(tf.sum(total, 2, true)));
  return tf.sum(each, 3).mul(-0.5).add(share);
}

/**
 * Probabilistic clustering for online classification: every class is a Gaussian of features, φ ~ N(m_c, s²), whose mean has the
 * prior N(m₀, 1/l₀), classes have Dirichlet(d₀) shares. On (x, y = c): q_c += φ/s², l_c += 1/s², d_c += 1; and
 * p(φ | c) = N(q_c/l_c, 1/l_c + s²), p(c) = d_c / Σ d. It says p(x) as well as p(y | x).
 *
 * @param classes - N.
 * @param options - first standard deviations of a class mean and of features about it.
 * @see Harrison, Sharma, Finn, Pavone. Continuous Meta-Learning without Tasks. NeurIPS 2020, section 4.2. arXiv:1912.08866.
 */
export function classExpert(
  classes: number,
  { spread, noise }: { readonly spread: number; readonly noise: number },
): Expert {
  return {
    init: (features, rng): ClassParameters => ({
      means: tf.tidy(() => rng.normal([classes, features]).mul(0.01)),
      logPrecision: tf.fill([classes, features], -2 * Math.log(spread)),
      logCounts: tf.zeros([classes]),
      logDeviation: tf.fill([features], Math.log(noise)),
    }),
    prior(parameters, streams) {
      const { means, logPrecision } = parameters as ClassParameters;
      const projection = means.mul(tf.exp(logPrecision)).expandDims(0).expandDims(0);
      return {
        projection: projection.add(tf.zeros([streams, 1, 1, 1])),
        counts: tf.zeros([streams, 1, classes]),
      };
    },
    expect(parameters, statistics, features) {
      const logs = logJoint(parameters as ClassParameters, statistics as ClassStatistics, features);
      return { means: tf.softmax(logs), logInputs: logSumExp(logs, 2) };
    },
    observe(parameters: ExpertParameters, statistics: Statistics, features, targets, mask) {
      const { projection, counts } = statistics as ClassStatistics;
      const [streams, size] = features.shape as [number, number];
      const logs = logJoint(parameters as ClassParameters, statistics as ClassStatistics, features);
      const chosen = oneHot(targets, classes).reshape([streams, 1, classes]);
      const logInputs = logSumExp(logs, 2);
      const learnt = mask === undefined ? chosen : chosen.mul(mask.reshape([streams, 1, 1]));
      const noise = tf.exp((parameters as ClassParameters).logDeviation.mul(2));
      const moved = learnt.expandDims(3).mul(features.div(noise).reshape([streams, 1, 1, size]));
      return {
        logInputs,
        logTargets: tf.sum(logs.mul(chosen), 2).sub(logInputs),
        statistics: { projection: projection.add(moved), counts: counts.add(learnt) },
      };
    },
  };
}
