import type { ControlDistribution, GoalLayout } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { columns, indicator, lengthOf } from '../continuous/columns.js';
import type { World } from '../continuous/world.js';

/** What is paid on the way to a goal. */
export type GoalReward = 'sparse' | 'dense';

/** The law of a goal-conditioned world: reward and success by the distance of what is achieved from what is desired. */
export interface GoalLaw {
  readonly reward: World<unknown>['reward'];
  readonly reached: NonNullable<World<unknown>['reached']>;
  readonly recordableReward: NonNullable<ControlDistribution['recordableReward']>;
}

/** Euclidean distance of the achieved from the desired goal in an observation. */
export function goalDistance(
  { size, achieved, desired }: GoalLayout,
  observation: Float32Array,
  o: number,
): number {
  let sum = 0;
  for (let index = 0; index < size; index += 1) {
    const apart =
      (observation[o + achieved + index] as number) - (observation[o + desired + index] as number);
    sum += apart * apart;
  }
  return Math.sqrt(sum);
}

/**
 * Success where the distance d after the step is at most `tolerance`. Reward `sparse`: 0 there and −1 elsewhere;
 * `dense`: −d.
 *
 * @see Plappert and others. Multi-Goal Reinforcement Learning: Challenging Robotics Environments and Request for
 *   Research. 2018. arXiv:1802.09464.
 */
export function goalLaw(layout: GoalLayout, tolerance: number, reward: GoalReward): GoalLaw {
  const { size, achieved, desired } = layout;
  const sparse = reward === 'sparse';
  return {
    reward(_observation, _o, _actions, _a, next, n) {
      const distance = goalDistance(layout, next, n);
      if (!sparse) return -distance;
      return distance <= tolerance ? 0 : -1;
    },
    reached: (next, n) => goalDistance(layout, next, n) <= tolerance,
    recordableReward: (_task, _observation, _action, next) =>
      tf.tidy(() => {
        const distance = lengthOf(tf.sub(columns(next, achieved, size), columns(next, desired, size))); // [...]
        return sparse ? tf.sub(indicator(tf.lessEqual(distance, tolerance)), 1) : tf.neg(distance);
      }),
  };
}
