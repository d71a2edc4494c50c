import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { ControlDistribution } from './control-distribution.js';
import { sharedReward } from './shared-reward.js';

const distribution = {
  kind: 'control',
  varies: ['dynamics'],
  task: () => ({ id: 'only', parameters: { weight: 2 } }),
  recordableReward: ({ parameters }, observation, action, next) =>
    next
      .sub(observation)
      .add(action)
      .sum(-1)
      .mul(parameters.weight as number),
} as Partial<ControlDistribution> as ControlDistribution;

it('is the law of any task where the reward does not vary', () => {
  const [before, action, after] = [tf.tensor([[1, 1]]), tf.tensor([[3, 0]]), tf.tensor([[2, 4]])];
  expect(sharedReward(distribution)?.(before, action, after).arraySync()).toEqual([14]);
});

it('is undefined where it varies or has no recordable form', () => {
  expect(sharedReward({ ...distribution, varies: ['reward'] })).toBeUndefined();
  const { recordableReward: _absent, ...without } = distribution;
  expect(sharedReward(without)).toBeUndefined();
});
