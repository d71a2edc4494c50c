import { delta } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionDistribution, ActionHead } from './action-distribution.js';
import { type ActionLimits, clipAction, toAction } from './action-limits.js';
import { assertSameFamily } from './assert-same-family.js';

/**
 * μ(s) = centre + reach · tanh(z), explored with Gaussian noise: a sample is clip(μ(s) + σ · reach · ε). As a distribution
 * it is a point: `logProbability` is 0 at μ(s) and −∞ elsewhere, whatever the noise.
 *
 * @param numbers - z, [T, B, A].
 * @param noise - σ ≥ 0, in units of the reach.
 * @see Silver et al. Deterministic Policy Gradient Algorithms. ICML 2014.
 */
export function deterministicActions(
  numbers: Tensor,
  limits: ActionLimits = { centre: 0, reach: 1 },
  noise = 0,
): ActionDistribution {
  const action = toAction(tf.tanh(numbers), limits); // [T, B, A]
  const point = delta(action);
  const own: ActionDistribution = {
    family: 'deterministic',
    numbers,
    sample: (rng) =>
      noise === 0
        ? action.clone()
        : clipAction(action.add(rng.normal(action.shape).mul(noise * limits.reach)), limits),
    mode: () => action.clone(),
    logProbability: (actions) => point.logProbability(actions),
    sampleWithLogProbability(rng) {
      const sample = own.sample(rng);
      return { sample, logProbability: point.logProbability(sample) };
    },
    entropy: () => tf.zeros(action.shape.slice(0, -1)),
    divergence(other) {
      assertSameFamily(own, other);
      return tf.neg(point.logProbability(toAction(tf.tanh(other.numbers), limits)));
    },
  };
  return own;
}

/** The head of {@link deterministicActions} for actions of `size` numbers. */
export function deterministicHead(size: number, limits?: ActionLimits, noise = 0): ActionHead {
  return {
    family: 'deterministic',
    size,
    actionSize: size,
    discrete: false,
    distribution: (numbers) => deterministicActions(numbers, limits, noise),
  };
}
