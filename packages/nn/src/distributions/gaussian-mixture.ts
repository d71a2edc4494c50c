import { type PredictiveDistribution, TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { logSumExp } from '../linear-algebra/log-sum-exp.js';
import { oneHot } from '../losses/one-hot.js';
import { gumbelLike } from './categorical.js';
import { gaussianLogDensity } from './gaussian.js';

/** What defines a mixture of M Gaussians with diagonal covariance. */
export interface GaussianMixtureParameters {
  /** Unnormalised log weights, [T, B, M]. */
  readonly logits: Tensor;
  /** μ_m, [T, B, M, ...target.shape]. */
  readonly means: Tensor;
  /** σ_m > 0, of the shape of the means. */
  readonly standardDeviations: Tensor;
}

function assertShapes({ logits, means, standardDeviations }: GaussianMixtureParameters): void {
  const weights = logits.shape.join();
  const fits =
    logits.rank === 3 &&
    means.shape.slice(0, 3).join() === weights &&
    means.shape.join() === standardDeviations.shape.join();
  if (fits) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `gaussianMixture: expected logits [T, B, M] with means and standard deviations [T, B, M, ...], got [${logits.shape}], [${means.shape}] and [${standardDeviations.shape}].`,
    { logits: logits.shape, means: means.shape, standardDeviations: standardDeviations.shape },
  );
}

/**
 * A mixture of M Gaussians: p(y) = Σ_m softmax(z)_m Π_d N(y_d; μ_md, σ_md²). It can say "here or there", as one
 * Gaussian cannot.
 *
 * `sample` is differentiable in μ and σ, not in z. There is no closed form of the entropy.
 *
 * @throws `SHAPE_MISMATCH` if the parameters do not fit each other.
 * @see Bishop. Mixture Density Networks. 1994.
 */
export function gaussianMixture(parameters: GaussianMixtureParameters): PredictiveDistribution {
  assertShapes(parameters);
  const { logits, means, standardDeviations } = parameters;
  const [tasks, items, components, ...targetShape] = means.shape as [number, number, number, ...number[]];
  const size = means.size / (tasks * items * components);
  const flat = (x: Tensor) => x.reshape([tasks, items, components, size]);
  const [mu, sigma] = [flat(means), flat(standardDeviations)]; // [T, B, M, D]
  const shaped = (x: Tensor) => x.reshape([tasks, items, ...targetShape]);
  const weighted = (weights: Tensor, values: Tensor) =>
    tf.sum(weights.reshape([tasks, items, components, 1]).mul(values), 2); // [T, B, D]
  const mean = () => weighted(tf.softmax(logits), mu);
  return {
    family: 'gaussianMixture',
    parameters: { ...parameters },
    mean: () => shaped(mean()),
    logProbability(targets) {
      const y = targets.reshape([tasks, items, 1, size]);
      const perComponent = tf.sum(gaussianLogDensity(y, mu, sigma), 3); // [T, B, M]
      return logSumExp(logits.add(perComponent)).sub(logSumExp(logits));
    },
    sample(rng) {
      const scores = logits.add(gumbelLike(logits, rng.uniform(logits.shape)));
      const chosen = oneHot(tf.argMax(scores, -1), components); // [T, B, M]
      const noise = rng.normal([tasks, items, size]);
      return shaped(weighted(chosen, mu).add(weighted(chosen, sigma).mul(noise)));
    },
    variance() {
      const secondMoment = weighted(tf.softmax(logits), tf.square(mu).add(tf.square(sigma)));
      return shaped(secondMoment.sub(tf.square(mean())));
    },
  };
}
