import { type ControlDistribution, createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

/**
 * Steps with random actions (some beyond their limits) and compares the rewards seen with those computed off-line,
 * exactly, and with those computed over tensors, to float tolerance.
 */
export function expectOffLineRewards(distribution: ControlDistribution, length: number): void {
  const rng = createRng('off-line rewards');
  const task = distribution.task('train', 1, rng);
  const copies = 3;
  const environment = distribution.createEnvironment([task], copies, rng);
  const discrete = distribution.spec.action.dtype === 'int32';
  const { minimum = -1, maximum = 1 } = distribution.spec.action;
  const size = distribution.spec.action.shape[0] ?? 1;
  let observation = environment.reset().observation.slice();
  for (let step = 0; step < length; step += 1) {
    const action = Float32Array.from({ length: copies * size }, () =>
      discrete ? rng.integer(maximum + 1) : minimum - 0.1 + (maximum - minimum + 0.2) * rng.next(),
    );
    const steps = environment.step(action);
    const next = steps.observation.slice();
    if (distribution.reward !== undefined)
      expect(distribution.reward(task, { observation, action, next })).toEqual(steps.reward);
    expectRecordableReward(distribution, task, observation, action, next, steps.reward);
    const ended = steps.stepType.map((type) => Number(type === 2));
    observation = (ended.includes(1) ? environment.reset(ended) : steps).observation.slice();
  }
  environment.dispose();
}

function expectRecordableReward(
  { recordableReward, spec }: ControlDistribution,
  task: Parameters<NonNullable<ControlDistribution['recordableReward']>>[0],
  observation: Float32Array,
  action: Float32Array,
  next: Float32Array,
  reward: Float32Array,
): void {
  if (recordableReward === undefined) return;
  const copies = reward.length;
  const size = spec.observation.shape[0] as number;
  const [actionSize] = spec.action.shape;
  const computed = tf.tidy(() =>
    recordableReward(
      task,
      tf.tensor(observation, [copies, size]),
      actionSize === undefined ? tf.tensor1d(action, 'int32') : tf.tensor(action, [copies, actionSize]),
      tf.tensor(next, [copies, size]),
    ).dataSync(),
  );
  expect(computed.length).toBe(copies);
  for (const [copy, value] of computed.entries())
    expect(Math.abs(value - (reward[copy] as number))).toBeLessThan(1e-4 * (1 + Math.abs(value)));
}
