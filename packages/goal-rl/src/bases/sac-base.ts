import type { ControlSpec, Tree } from '@tasklearn/core';
import { type Parameters, stopGradient } from '@tasklearn/nn';
import { policyFor } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Base, type BaseOptions, clippedTarget, type ParameterGroup } from './base.js';
import { explored } from './random-actions.js';
import { criticsFor } from './twin-critics.js';

/** What {@link sacBase} is made of. */
export interface SacBaseOptions extends BaseOptions {
  /** α > 0, weight of the entropy of actions; where it is tuned, its first value. */
  readonly temperature: number;
  /** Entropy that α is tuned to; null keeps α fixed. */
  readonly targetEntropy: number | null;
}

/** log α of each task, [T or 1, 1]. */
const logTemperature = (tree: Tree<Tensor>) => (tree as { value: Tensor }).value.reshape([-1, 1]);

/**
 * Soft actor-critic with z: y = r + γ d (min_i Q′_i(s′, a′, z) − α log π(a′|s′, z)), a′ ~ π; the actor descends
 * α log π(a|s, z) − min_i Q_i(s, a, z).
 *
 * @throws `UNSUPPORTED_TASK` where actions are discrete.
 * @see Haarnoja et al. Soft Actor-Critic Algorithms and Applications. 2018. arXiv:1812.05905.
 */
export function sacBase(spec: ControlSpec, options: SacBaseOptions): Base {
  const { hidden, codeSize, discount, targetEntropy } = options;
  const critics = criticsFor(spec, 2, options);
  const policy = policyFor(spec, {
    family: 'tanhGaussian',
    deviation: 'network',
    hidden,
    contextSize: codeSize,
    activation: 'relu',
  });
  const alphaOf = (networks: Parameters | Readonly<Record<string, Tree<Tensor>>>) =>
    targetEntropy === null
      ? tf.scalar(options.temperature)
      : tf.exp(logTemperature(networks.temperature as Tree<Tensor>));
  const critic: ParameterGroup = {
    name: 'critic',
    every: 1,
    hasTarget: true,
    init: (rng) => critics.init(rng),
    loss(own, { online, target }, batch, rng) {
      const { next, code } = batch;
      const drawn = policy.apply(online.actor as Parameters, next, code).sampleWithLogProbability(rng);
      const later = critics
        .least(target.critic as Tree<Tensor>, next, drawn.sample, code)
        .sub(alphaOf(online).mul(drawn.logProbability)); // [T, B]
      return critics.loss(
        own,
        batch,
        clippedTarget(batch.reward.add(later.mul(batch.discount).mul(discount)), options),
      );
    },
  };
  const actor: ParameterGroup = {
    name: 'actor',
    every: 1,
    hasTarget: false,
    init: (rng) => policy.init(rng),
    loss(own, { online }, { observation, code }, rng) {
      const drawn = policy.apply(own as Parameters, observation, code).sampleWithLogProbability(rng);
      const value = critics.least(online.critic as Tree<Tensor>, observation, drawn.sample, code);
      return tf.mean(alphaOf(online).mul(drawn.logProbability).sub(value), -1);
    },
  };
  const temperature: ParameterGroup = {
    name: 'temperature',
    every: 1,
    hasTarget: false,
    init: () => ({ value: tf.fill([1], Math.log(options.temperature)) }),
    loss(own, { online }, { observation, code }, rng) {
      const pi = policy.apply(online.actor as Parameters, observation, code);
      const entropy = stopGradient(pi.sampleWithLogProbability(rng).logProbability).neg(); // [T, B]
      return tf.mean(logTemperature(own).mul(entropy.sub(targetEntropy ?? 0)), -1);
    },
  };
  return {
    groups: targetEntropy === null ? [critic, actor] : [critic, actor, temperature],
    acting: 'actor',
    act(own, observations, code, exploration, rng) {
      const pi = policy.apply(own as Parameters, observations, code);
      if (exploration === undefined) return pi.mode();
      return explored(spec, pi.sample(rng.split('policy')), exploration, rng);
    },
  };
}
