import { createRng } from '@tasklearn/core';
import { pointRobot } from '@tasklearn/environments';
import { describe, expect, it } from 'vitest';
import { stepEncoding } from '../networks/step-encoding.js';
import { addToTrialBatch, createTrialBatch } from '../trials/trial-batch.js';
import { contextLayout } from './context-set.js';
import { createTrainingContexts } from './training-contexts.js';

const { spec } = pointRobot({ task: 'ring', horizon: 4, trainingTasks: 2 });
const layout = contextLayout(stepEncoding(spec), false, -0.3, 0.7); // features: x, y, two of the action, reward

/** One episode of each of two tasks with these rewards. */
function episode(rewards: readonly (readonly [number, number])[]) {
  const batch = createTrialBatch(spec, 2, 4);
  for (const reward of rewards) {
    const steps = {
      stepType: Uint8Array.of(1, 1),
      observation: new Float32Array(4),
      reward: Float32Array.from(reward),
      discount: Float32Array.of(1, 1),
      success: new Uint8Array(2),
    };
    addToTrialBatch(batch, new Float32Array(4), new Float32Array(4), steps, Uint8Array.of(1, 1), 0);
  }
  return batch;
}

/** Rewards of the items that count, of each of two contexts. */
function rewardsOf(contexts: ReturnType<typeof filled>, denseShare: number, seed: number) {
  const { data, shape } = contexts.draw(Int32Array.of(0, 1), denseShare, createRng(seed)).context;
  expect(shape).toEqual([2, 6, 6]);
  return [0, 1].map((task) =>
    Array.from({ length: 6 }, (_, item) => data.slice((task * 6 + item) * 6, (task * 6 + item + 1) * 6))
      .filter((item) => item[5] === 1)
      .map((item) => Number((item[4] as number).toFixed(4))),
  );
}

/** Task 0 was felt in an episode with z from the posterior only, task 1 never. */
function filled(feltContextShare: number, feltOnly = false) {
  const options = { priorEpisodes: 1, contextSize: 6, feltContextShare, feltOnly };
  const contexts = createTrainingContexts(layout, options, 2, 4);
  const [prior, posterior] = [episode([[-1, -2]]), episode([[-0.1, -0.5]])];
  for (const task of [0, 1]) {
    contexts.add(prior, task, task, true);
    contexts.add(posterior, task, task, false);
  }
  return contexts;
}

describe('contexts of training', () => {
  it('hold recent transitions of the prior, as sparse as in earnest or as they are', () => {
    const contexts = filled(0);
    for (let seed = 0; seed < 20; seed += 1) {
      const [first, second] = rewardsOf(contexts, 0, seed);
      expect(new Set([...(first as number[]), ...(second as number[])])).toEqual(new Set([0]));
      const [denseFirst, denseSecond] = rewardsOf(contexts, 1, seed);
      expect(new Set(denseFirst)).toEqual(new Set([-1]));
      expect(new Set(denseSecond)).toEqual(new Set([-2]));
    }
  });

  it('are made to hold what was felt, where anything was', () => {
    const contexts = filled(1);
    const counts = new Set<number>();
    for (let seed = 0; seed < 40; seed += 1) {
      const [first, second] = rewardsOf(contexts, 0, seed) as [number[], number[]];
      expect(first).toContain(0.9); // −0.1 − (−0.3) + 0.7
      expect(first.filter((reward) => reward === 0.9).length).toBeLessThanOrEqual(4);
      expect(new Set(second)).toEqual(new Set([0]));
      counts.add(first.length);
    }
    expect([...counts].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('weigh nothing where nothing was felt, if so told', () => {
    const weights = (denseShare: number, feltOnly: boolean) => {
      const { weight } = filled(1, feltOnly).draw(Int32Array.of(0, 1), denseShare, createRng(0));
      return [...weight.data];
    };
    expect(weights(0, true)).toEqual([1, 0]);
    expect(weights(1, true)).toEqual([1, 1]); // dense contexts tell something everywhere
    expect(weights(0, false)).toEqual([1, 1]);
  });

  it('go on from what they saved', () => {
    const contexts = filled(0.5);
    const restored = createTrainingContexts(
      layout,
      { priorEpisodes: 1, contextSize: 6, feltContextShare: 0.5, feltOnly: false },
      2,
      4,
    );
    restored.restore(contexts.save());
    for (let seed = 0; seed < 5; seed += 1)
      expect(rewardsOf(restored, 0.3, seed)).toEqual(rewardsOf(contexts, 0.3, seed));
  });
});
