import type { ControlSpec } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import { actionLimits, clipAction, fromAction, policyFor } from '@tasklearn/rl';
import * as tf from '@tensorflow/tfjs';
import { type Base, type BaseOptions, clippedTarget } from './base.js';
import { explored } from './random-actions.js';
import { criticsFor } from './twin-critics.js';

/** What {@link td3Base} is made of. */
export interface Td3BaseOptions extends BaseOptions {
  /** 2 for TD3; 1 for DDPG. */
  readonly critics: 1 | 2;
  /** The actor is moved at every so many critic steps: 2 for TD3, 1 for DDPG. */
  readonly actorEvery: number;
  /** σ of the noise on target actions, in units of their reach; 0 for DDPG. */
  readonly targetNoise: number;
  /** Weight of the mean squared action in the actor's loss, so that it stays off the limits. */
  readonly actionPenalty: number;
}

/** Target noise is cut to so many times its σ, as 0.5 for σ 0.2 in the paper. */
const NOISE_CUT = 2.5;

/**
 * Deterministic policy gradients with z: y = r + γ d min_i Q′_i(s′, π′(s′, z) + ε, z); the actor ascends Q_1.
 *
 * @throws `UNSUPPORTED_TASK` where actions are discrete.
 * @see Fujimoto, van Hoof, Meger. Addressing Function Approximation Error in Actor-Critic Methods. ICML 2018. arXiv:1802.09477.
 * @see Lillicrap et al. Continuous Control with Deep Reinforcement Learning. ICLR 2016. arXiv:1509.02971.
 */
export function td3Base(spec: ControlSpec, options: Td3BaseOptions): Base {
  const { hidden, codeSize, discount, targetNoise, actionPenalty, actorEvery } = options;
  const critics = criticsFor(spec, options.critics, options);
  const settings = { family: 'deterministic', hidden, contextSize: codeSize, activation: 'relu' } as const;
  const policy = policyFor(spec, settings);
  const limits = actionLimits(spec.action);
  return {
    groups: [
      {
        name: 'critic',
        every: 1,
        hasTarget: true,
        init: (rng) => critics.init(rng),
        loss(own, { target }, batch, rng) {
          const { next, code } = batch;
          const planned = policy.apply(target.actor as Parameters, next, code).mode(); // [T, B, A]
          const cut = NOISE_CUT * targetNoise;
          const noise = rng.normal(planned.shape).mul(targetNoise).maximum(-cut).minimum(cut);
          const smoothed =
            targetNoise === 0 ? planned : clipAction(planned.add(noise.mul(limits.reach)), limits);
          const later = critics.least(target.critic as Parameters, next, smoothed, code); // [T, B]
          const y = clippedTarget(batch.reward.add(later.mul(batch.discount).mul(discount)), options);
          return critics.loss(own, batch, y);
        },
      },
      {
        name: 'actor',
        every: actorEvery,
        hasTarget: true,
        init: (rng) => policy.init(rng),
        loss(own, { online }, { observation, code }) {
          const actions = policy.apply(own as Parameters, observation, code).mode(); // [T, B, A]
          const value = critics.first(online.critic as Parameters, observation, actions, code); // [T, B]
          const size = tf.mean(tf.square(fromAction(actions, limits)), -1);
          return tf.mean(size.mul(actionPenalty).sub(value), -1);
        },
      },
    ],
    acting: 'actor',
    act(own, observations, code, exploration, rng) {
      const actions = policy.apply(own as Parameters, observations, code).mode();
      return exploration === undefined ? actions : explored(spec, actions, exploration, rng);
    },
  };
}
