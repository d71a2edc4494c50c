import { gaussian } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from './action-distribution.js';
import { assertSameFamily } from './assert-same-family.js';

/** [T, B, 2A] as μ and log σ, [T, B, A] each. */
export function meanAndLogDeviation(numbers: Tensor): readonly [mean: Tensor, logDeviation: Tensor] {
  return tf.split(numbers, 2, -1) as [Tensor, Tensor];
}

/** KL(N(μ, σ²) ‖ N(μ′, σ′²)), [T, B]. */
export function gaussianDivergence(numbers: Tensor, others: Tensor): Tensor {
  const [mean, logDeviation] = meanAndLogDeviation(numbers);
  const [otherMean, otherLogDeviation] = meanAndLogDeviation(others);
  const difference = otherLogDeviation.sub(logDeviation);
  const distance = tf.square(mean.sub(otherMean)).mul(tf.exp(otherLogDeviation.mul(-2)));
  const ratio = tf.exp(difference.mul(-2)); // σ² / σ′²
  return tf.sum(difference.add(ratio.add(distance).sub(1).mul(0.5)), -1);
}

/**
 * Independent Gaussian numbers in the units of the environment, which clips them to its limits.
 *
 * KL = Σ_d log(σ′_d / σ_d) + (σ_d² + (μ_d − μ′_d)²) / (2 σ′_d²) − 1/2
 *
 * @param numbers - μ and log σ side by side, [T, B, 2A].
 */
export function gaussianActions(numbers: Tensor): ActionDistribution {
  const [mean, logDeviation] = meanAndLogDeviation(numbers);
  const base = gaussian(mean, tf.exp(logDeviation));
  const own: ActionDistribution = {
    family: 'gaussian',
    numbers,
    sample: (rng) => base.sample(rng),
    mode: () => mean.clone(),
    logProbability: (actions) => base.logProbability(actions),
    sampleWithLogProbability(rng) {
      const sample = base.sample(rng);
      return { sample, logProbability: base.logProbability(sample) };
    },
    entropy: () => tf.sum(logDeviation.add(0.5 * Math.log(2 * Math.PI * Math.E)), -1),
    divergence(other) {
      assertSameFamily(own, other);
      return gaussianDivergence(numbers, other.numbers);
    },
  };
  return own;
}

/** The head of {@link gaussianActions} for actions of `size` numbers. */
export function gaussianHead(size: number): ActionHead {
  return {
    family: 'gaussian',
    size: 2 * size,
    actionSize: size,
    discrete: false,
    distribution: gaussianActions,
  };
}
