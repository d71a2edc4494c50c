import type { ControlSpec } from '@tasklearn/core';
import { oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { OffPolicyAlgorithm } from '../off-policy/off-policy-algorithm.js';
import { discreteActionsOf, policyFor } from '../policies/policy-for.js';
import { discreteQFunctionFor } from '../policies/q-function-for.js';
import { criticGradient } from './critic-gradient.js';
import {
  continuousSoftActorCritic,
  type SacOptions,
  type SacState,
  type SoftActorCritic,
  softActorCritic,
} from './sac.js';
import { type Critics, independentCritics, leastOf } from './twin-critic.js';

/**
 * Actor and critics for discrete actions: expectations over actions are exact,
 * V(o) = Σ_a π(a | o) (min_i Q_i(o, a) − α log π(a | o)).
 *
 * @see Christodoulou. Soft Actor-Critic for Discrete Action Settings. 2019. arXiv:1910.07207.
 */
export function discreteSoftActorCritic(spec: ControlSpec, options: SacOptions): SoftActorCritic {
  const { hidden, activation = 'relu', contextSize = 0, critics: count = 2 } = options;
  const shape = { activation, contextSize, ...(hidden === undefined ? {} : { hidden }) };
  const policy = policyFor(spec, shape);
  const network = discreteQFunctionFor(spec, shape);
  const all = independentCritics(network.init, count, network.apply); // Values [T, B, A].
  const ofActions: Critics = independentCritics(
    network.init,
    count,
    (parameters, observation, action: Tensor, context?: Tensor) => {
      const indices = action.reshape(action.shape.slice(0, 2)).cast('int32'); // [T, B]
      const values = network.apply(parameters, observation, context);
      return tf.sum(values.mul(oneHot(indices, network.actions)), -1); // [T, B]
    },
  );
  return {
    policy,
    critics: ofActions,
    value(actor, critic, { observation, context }, alpha) {
      const pi = policy.apply(actor, observation, context);
      const probabilities = tf.softmax(pi.numbers); // [T, B, A]
      const entropy = pi.entropy(); // [T, B]
      const least = leastOf(all.values(critic, observation, context)); // [T, B, A]
      return { value: tf.sum(probabilities.mul(least), -1).add(alpha.mul(entropy)), entropy };
    },
    criticGradient: (critic, criticSpec, batch, target) =>
      criticGradient(ofActions, critic, criticSpec, batch, target, options),
  };
}

/**
 * Soft actor-critic, for continuous or discrete actions:
 *
 * y = r + γ d (min_i Q′_i(o′, a′) − α log π(a′ | o′)), a′ ~ π; Q_i ← descent of (Q_i(o, a) − y)²;
 * π ← ascent of E_π[min_i Q_i(o, a) − α log π(a | o)]; α ← descent of log α (H(π) − H̄).
 *
 * @see Haarnoja, Zhou, Hartikainen et al. Soft Actor-Critic Algorithms and Applications. 2018. arXiv:1812.05905.
 */
export function sac(spec: ControlSpec, options: SacOptions = {}): OffPolicyAlgorithm<SacState> {
  const make = discreteActionsOf(spec) === undefined ? continuousSoftActorCritic : discreteSoftActorCritic;
  return softActorCritic(spec, make(spec, options), options);
}
