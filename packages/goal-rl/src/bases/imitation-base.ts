import type { ControlSpec } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import { policyFor } from '@tasklearn/rl';
import * as tf from '@tensorflow/tfjs';
import type { Base, BaseOptions } from './base.js';
import { explored } from './random-actions.js';

/**
 * Behaviour cloning: the policy maximises log π(a|s, z) of the actions in the batch. With goals that were achieved in
 * hindsight, every trajectory is a demonstration of how to reach where it went.
 *
 * @see Lynch et al. Learning Latent Plans from Play. CoRL 2019. arXiv:1903.01973.
 * @see Ghosh et al. Learning to Reach Goals via Iterated Supervised Learning. ICLR 2021. arXiv:1912.06088.
 */
export function imitationBase(spec: ControlSpec, { hidden, codeSize }: BaseOptions): Base {
  const settings = { family: 'gaussian', hidden, contextSize: codeSize, activation: 'relu' } as const;
  const policy = policyFor(spec, settings);
  const { discrete } = policy.head;
  return {
    groups: [
      {
        name: 'actor',
        every: 1,
        hasTarget: false,
        init: (rng) => policy.init(rng),
        loss(own, _networks, { observation, action, code }) {
          const pi = policy.apply(own as Parameters, observation, code);
          const taken = discrete ? action.squeeze([-1]) : action;
          return tf.mean(pi.logProbability(taken), -1).neg();
        },
      },
    ],
    acting: 'actor',
    act(own, observations, code, exploration, rng) {
      const pi = policy.apply(own as Parameters, observations, code);
      const drawn = exploration === undefined ? pi.mode() : pi.sample(rng.split('policy'));
      const actions = discrete ? drawn.expandDims(-1).cast('float32') : drawn;
      return exploration === undefined ? actions : explored(spec, actions, exploration, rng);
    },
  };
}
