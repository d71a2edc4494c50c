import type { Tensor } from '@tensorflow/tfjs';
import { createRng } from '../randomness/create-rng.js';
import type { ControlDistribution } from './control-distribution.js';

/**
 * A law of reward over tensors, recordable.
 *
 * @param observation - [..., O].
 * @param action - [..., A], or [...] indices of discrete actions.
 * @param next - [..., O].
 * @returns [...].
 */
export type RecordableReward = (observation: Tensor, action: Tensor, next: Tensor) => Tensor;

/**
 * The law of reward that all tasks of a distribution share, for agents that plan: they are told what is wanted, and
 * not how the world works.
 *
 * @returns `undefined` where the reward varies between tasks, or has no recordable form.
 */
export function sharedReward(distribution: ControlDistribution): RecordableReward | undefined {
  if (distribution.recordableReward === undefined || distribution.varies.includes('reward')) return undefined;
  const task = distribution.task('train', 0, createRng(0)); // Any task: they have one law.
  return (observation, action, next) =>
    (distribution.recordableReward as NonNullable<typeof distribution.recordableReward>)(
      task,
      observation,
      action,
      next,
    );
}
