import type { PredictiveDistribution, Rng } from '@tasklearn/core';
import { logSumExp } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { repeatSamples, separateSamples } from './sample-axis.js';

/** p(y | x, D) as a mixture over samples of φ, with what the samples agree and disagree on told apart. */
export interface SampledPredictive extends PredictiveDistribution {
  /** S, samples of φ. */
  readonly samples: number;
  /** E[y | x, φ_s] of every sample: class probabilities [T, S, B, N], or [T, S, B, ...target.shape]. */
  sampleMeans(): Tensor;
  /**
   * log (1/S) Σ_s Π_b p(y_b | x_b, φ_s), [T]: one function must explain all items. Compared with the sum of
   * `logProbability` it shows uncertainty about the function, which no prediction item by item can have.
   *
   * @param mask - [T, B], 1 where an item counts.
   */
  jointLogProbability(targets: Tensor, mask?: Tensor): Tensor;
  /** Mean entropy of the samples' predictions, nats, [T, B]: noise in labels. Absent where there is no closed form. */
  aleatoricEntropy?(): Tensor;
  /** H(mean p) − mean H(p), nats, [T, B]: what more support data could remove. Classes only. */
  mutualInformation?(): Tensor;
  /** Variance of the samples' means, the shape of `mean()`. Numbers only. */
  epistemicVariance?(): Tensor;
}

/** −Σ p log p, with 0 log 0 = 0; never below 0. */
function entropyOf(probabilities: Tensor): Tensor {
  return tf.relu(tf.neg(tf.sum(probabilities.mul(tf.log(tf.maximum(probabilities, 1e-30))), -1)));
}

/** Of S draws for every item, one: [T, S, B, ...] → [T, B, ...]. */
function chooseSample(draws: Tensor, uniform: Tensor): Tensor {
  const [tasks, samples, items, ...rest] = draws.shape as [number, number, number, ...number[]];
  const index = tf.floor(uniform.mul(samples)).reshape([tasks, 1, items]);
  const chosen = tf.equal(tf.range(0, samples).reshape([1, samples, 1]), index).cast('float32'); // [T, S, B]
  const weights = chosen.reshape([tasks, samples, items, ...rest.map(() => 1)]);
  return tf.sum(draws.cast('float32').mul(weights), 1).cast(draws.dtype);
}

/**
 * The mixture (1/S) Σ_s p(y | x, φ_s).
 *
 * @param each - p(y | x, φ_s) with samples folded into the task axis, [T · S, B, ...].
 * @param samples - S, >= 1.
 * @see Depeweg, Hernández-Lobato, Doshi-Velez, Udluft. ICML 2018. arXiv:1710.07283, for the two parts of uncertainty.
 */
export function sampledPredictive(each: PredictiveDistribution, samples: number): SampledPredictive {
  const apart = (x: Tensor) => separateSamples(x, samples); // [T, S, ...]
  const average = (x: Tensor) => tf.mean(apart(x), 1);
  const mean = () => average(each.mean());
  const logEach = (targets: Tensor) => apart(each.logProbability(repeatSamples(targets, samples))); // [T, S, B]
  const { entropy, variance } = each;
  const categorical = each.family === 'categorical';
  const spread = () => tf.mean(tf.square(apart(each.mean()).sub(mean().expandDims(1))), 1);
  return {
    family: 'mixture',
    parameters: each.parameters,
    samples,
    mean,
    sampleMeans: () => apart(each.mean()),
    logProbability: (targets) => logSumExp(logEach(targets), 1).sub(Math.log(samples)),
    jointLogProbability(targets, mask) {
      const log = logEach(targets);
      const counted = mask === undefined ? log : log.mul(mask.expandDims(1));
      return logSumExp(tf.sum(counted, 2), 1).sub(Math.log(samples));
    },
    sample(rng: Rng) {
      const draws = apart(each.sample(rng.split('value')));
      const [tasks, , items] = draws.shape as [number, number, number];
      return chooseSample(draws, rng.split('component').uniform([tasks, items]));
    },
    ...(entropy === undefined ? {} : { aleatoricEntropy: () => average(entropy()) }),
    ...(categorical && entropy !== undefined
      ? {
          entropy: () => entropyOf(mean()),
          mutualInformation: () => entropyOf(mean()).sub(average(entropy())),
        }
      : {}),
    ...(categorical ? {} : { epistemicVariance: spread }),
    ...(variance === undefined ? {} : { variance: () => average(variance()).add(spread()) }),
  };
}
