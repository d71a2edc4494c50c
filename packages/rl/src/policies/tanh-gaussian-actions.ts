import { tanhGaussian } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from './action-distribution.js';
import { type ActionLimits, fromAction, toAction } from './action-limits.js';
import { assertSameFamily } from './assert-same-family.js';
import { gaussianDivergence, meanAndLogDeviation } from './gaussian-actions.js';

/**
 * a = centre + reach · tanh(u), u ~ N(μ, σ²): actions that never leave their limits.
 *
 * log π(a) = Σ_d log N(u_d; μ_d, σ_d²) − log(1 − tanh² u_d) − log reach. The divergence is that of u, as tanh is
 * one to one.
 *
 * @param numbers - μ and log σ side by side, [T, B, 2A].
 * @see Haarnoja, Zhou, Abbeel, Levine. Soft Actor-Critic. ICML 2018, appendix C. arXiv:1801.01290.
 */
export function tanhGaussianActions(
  numbers: Tensor,
  limits: ActionLimits = { centre: 0, reach: 1 },
): ActionDistribution {
  const [mean, logDeviation] = meanAndLogDeviation(numbers);
  const base = tanhGaussian(mean, tf.exp(logDeviation));
  const logVolume = (mean.shape[mean.rank - 1] as number) * Math.log(limits.reach);
  const shifted = (logProbability: Tensor) =>
    logVolume === 0 ? logProbability : logProbability.sub(logVolume);
  const own: ActionDistribution = {
    family: 'tanhGaussian',
    numbers,
    sample: (rng) => toAction(base.sample(rng), limits),
    mode: () => toAction(base.median(), limits),
    logProbability: (actions) =>
      shifted(base.logProbability(fromAction(actions.reshape(mean.shape), limits))),
    sampleWithLogProbability(rng) {
      const { sample, logProbability } = base.sampleWithLogProbability(rng);
      return { sample: toAction(sample, limits), logProbability: shifted(logProbability) };
    },
    entropy: () => base.entropy().add(logVolume),
    divergence(other) {
      assertSameFamily(own, other);
      return gaussianDivergence(numbers, other.numbers);
    },
  };
  return own;
}

/** The head of {@link tanhGaussianActions} for actions of `size` numbers. */
export function tanhGaussianHead(size: number, limits?: ActionLimits): ActionHead {
  return {
    family: 'tanhGaussian',
    size: 2 * size,
    actionSize: size,
    discrete: false,
    distribution: (numbers) => tanhGaussianActions(numbers, limits),
  };
}
