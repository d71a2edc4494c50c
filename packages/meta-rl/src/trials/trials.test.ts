import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { toyBandits } from '../__fixtures__/toy-bandits.js';
import { stepEncoding } from '../networks/step-encoding.js';
import { collectTrials } from './collect-trials.js';
import { persistentGreedy } from './persistent-greedy.js';
import { standardize, trialAdvantages } from './trial-advantages.js';
import { createTrialBatch, summarizeTrials, type TrialBatch } from './trial-batch.js';
import { inputsOfTrials } from './trial-inputs.js';

/** Two episodes of two pulls of arm 0 in two trials, in which arm 0 and arm 1 pay. */
async function played(): Promise<TrialBatch> {
  const distribution = toyBandits(2, 2, 1, 1);
  const tasks = [0, 1].map((index) => distribution.task('train', index, createRng(0)));
  const environment = distribution.createEnvironment(tasks, 1, createRng(0));
  const batch = createTrialBatch(distribution.spec, 2, 4);
  const actor = {
    beginTrials: () => null,
    act: async () => ({ actions: Float32Array.of(0, 0), state: null }),
    observe: () => null,
    endEpisode: () => null,
    adapt: async () => null,
  };
  await collectTrials({ actor, environment, trial: distribution.trial, rng: createRng(0), batch });
  return batch;
}

describe('trials', () => {
  it('are recorded without gaps, episode after episode', async () => {
    const batch = await played();
    expect([...batch.lengths]).toEqual([4, 4]);
    expect([...batch.reward]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...batch.episode.subarray(0, 4)]).toEqual([0, 0, 1, 1]);
    expect([...batch.last.subarray(0, 4)]).toEqual([0, 1, 0, 1]);
    expect(summarizeTrials(batch, 2)).toEqual({ returns: [1, 1], success: [0.5, 0.5], steps: 8 });
  });

  it('are seen by a memory as observation, last action, last reward and end', async () => {
    const batch = await played();
    const inputs = inputsOfTrials(stepEncoding(toyBandits(2, 2).spec), batch, true);
    const row = (copy: number, time: number) => [
      ...inputs.slice((copy * 5 + time) * 5, (copy * 5 + time + 1) * 5),
    ];
    expect(row(0, 0)).toEqual([1, 0, 0, 0, 0]); // nothing before the first step
    expect(row(0, 1)).toEqual([1, 1, 0, 1, 0]);
    expect(row(0, 2)).toEqual([1, 1, 0, 1, 1]); // the last step ended an episode
    expect(row(1, 4)).toEqual([1, 1, 0, 0, 1]); // what it would see next
  });

  it('credit one episode with the next, and stop with the trial', async () => {
    const batch = await played();
    const values = new Float32Array(8);
    const options = { discount: 0.5, trace: 1, exploreRewardWeight: 1, explorationEpisodes: 1 };
    expect([...trialAdvantages(batch, values, options).returns.subarray(0, 4)]).toEqual([
      1.875, 1.75, 1.5, 1,
    ]);
    const free = trialAdvantages(batch, values, { ...options, exploreRewardWeight: 0 });
    expect([...free.returns.subarray(0, 4)]).toEqual([0.375, 0.75, 1.5, 1]);
    const judged = trialAdvantages(batch, Float32Array.from([1, 1, 1, 1, 0, 0, 0, 0]), {
      ...options,
      trace: 0,
    });
    expect([...judged.advantages.subarray(0, 4)]).toEqual([0.5, 0.5, 0.5, 0]); // r + V′/2 − V
  });

  it('standardise what is not padding', () => {
    const values = Float32Array.of(1, 3, 100);
    standardize(values, Float32Array.of(1, 1, 0));
    expect([...values]).toEqual([expect.closeTo(-1, 5), expect.closeTo(1, 5), 0]);
  });
});

describe('persistentGreedy', () => {
  const last = { action: Float32Array.of(2, 0), begun: Float32Array.of(1, 0) };

  it('takes the best, the first of equals', () => {
    const given = { epsilon: 0, persistence: 1, rng: createRng(0) };
    expect([...persistentGreedy([0, 5, 1, 3, 3, 0], last, given)]).toEqual([1, 0]);
  });

  it('repeats the last action where there was one', () => {
    const counts = new Float64Array(3);
    for (let draw = 0; draw < 300; draw += 1) {
      const given = { epsilon: 1, persistence: 1, rng: createRng(draw) };
      const [repeated, first] = persistentGreedy([0, 0, 0, 0, 0, 0], last, given);
      expect(repeated).toBe(2);
      counts[first as number] = (counts[first as number] as number) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(60);
  });
});
