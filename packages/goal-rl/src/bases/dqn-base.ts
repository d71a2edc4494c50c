import type { ControlSpec } from '@tasklearn/core';
import { oneHot, type Parameters } from '@tasklearn/nn';
import { discreteQFunctionFor } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Base, type BaseOptions, clippedTarget } from './base.js';
import { explored } from './random-actions.js';

/** What {@link dqnBase} is made of. */
export interface DqnBaseOptions extends BaseOptions {
  /** Whether the online network chooses the action that the target network values (van Hasselt et al. 2016). */
  readonly double: boolean;
}

/**
 * Deep Q-learning with z: y = r + γ d max_a Q′(s′, a, z), loss ½ (Q(s, a, z) − y)², ε-greedy actions.
 *
 * @throws `UNSUPPORTED_TASK` where actions are continuous.
 * @see Mnih et al. Human-level Control through Deep Reinforcement Learning. Nature, 2015.
 */
export function dqnBase(spec: ControlSpec, options: DqnBaseOptions): Base {
  const { hidden, codeSize, discount, double } = options;
  const q = discreteQFunctionFor(spec, { hidden, contextSize: codeSize });
  const critic = 'critic';
  return {
    groups: [
      {
        name: critic,
        every: 1,
        hasTarget: true,
        init: (rng) => q.init(rng),
        loss(own, { target }, batch) {
          const values = q.apply(own as Parameters, batch.observation, batch.code); // [T, B, A]
          const later = q.apply(target[critic] as Parameters, batch.next, batch.code);
          const chosen = double
            ? oneHot(tf.argMax(q.apply(own as Parameters, batch.next, batch.code), -1), q.actions)
            : undefined;
          const best = chosen === undefined ? tf.max(later, -1) : tf.sum(later.mul(chosen), -1); // [T, B]
          const y = clippedTarget(batch.reward.add(best.mul(batch.discount).mul(discount)), options);
          const taken = oneHot(batch.action.squeeze([-1]).cast('int32'), q.actions); // [T, B, A]
          const error = tf.sum(values.mul(taken), -1).sub(y); // [T, B]
          return tf.mean(tf.square(error), -1).mul(0.5);
        },
      },
    ],
    acting: 'critic',
    act(own, observations, code, exploration, rng) {
      const values = q.apply(own as Parameters, observations, code);
      const best = tf.argMax(values, -1).expandDims(-1).cast('float32') as Tensor; // [1, E, 1]
      return exploration === undefined ? best : explored(spec, best, exploration, rng);
    },
  };
}
