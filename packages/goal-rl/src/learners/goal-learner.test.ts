import { trivialControlDistribution } from '@tasklearn/conformance';
import { createRng, eagerExecutor, runTrials, type TimeSteps } from '@tasklearn/core';
import { bitFlip } from '@tasklearn/environments';
import { fieldLayout } from '@tasklearn/rl';
import { compiledExecutor } from '@tasklearn/runtime';
import { describe, expect, it } from 'vitest';
import { createHerDqn } from './hindsight-presets.js';
import { createMultiTaskDqn } from './multi-task-presets.js';
import { normalizeInPlace, observationNormalizer } from './observation-normalizer.js';
import { policyPool } from './policy-pool.js';
import { createDiayn, createStateMarginalMatching } from './unsupervised-presets.js';

const small = {
  hidden: [32],
  episodesPerUpdate: 16,
  gradientSteps: 20,
  stepsPerCall: 4,
  batchSize: 64,
  targetRate: 0.02,
  warmUpEpisodes: 16,
};

/** Success on bits after some updates. */
async function successOf(strategy: 'future' | 'none', bits: number, updates: number): Promise<number> {
  const distribution = bitFlip({ bits });
  const executor = compiledExecutor({ threads: 1 });
  const learner = createHerDqn({ ...small, hidden: [64, 64], gradientSteps: 40, stepsPerCall: 8, strategy });
  const rng = createRng(0);
  const training = await learner.openTraining({ distribution, trial: distribution.trial, executor, rng });
  for (let update = 0; update < updates; update += 1) await training.update();
  const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
  const task = distribution.task('test', 0, rng);
  const tasks = Array.from({ length: 100 }, () => task);
  const trials = await runTrials({ agent, distribution, tasks, trial: distribution.trial, rng });
  training.dispose();
  agent.dispose();
  return trials.filter(({ episodes }) => episodes[0]?.success).length / 100;
}

describe('goalLearner', () => {
  it('flips seven bits with hindsight, and hardly without', async () => {
    expect(await successOf('future', 7, 30)).toBeGreaterThan(0.8);
    expect(await successOf('none', 7, 30)).toBeLessThan(0.5);
  }, 60_000);

  it('tries one skill after another, then keeps to the best', async () => {
    const distribution = trivialControlDistribution({ actions: 'continuous' });
    const executor = eagerExecutor();
    const learner = createDiayn({ ...small, skills: 3 });
    const context = { distribution, trial: distribution.trial, executor, rng: createRng(0) };
    const training = await learner.openTraining(context);
    const agent = await learner.openAgent(training.parameters(), { spec: distribution.spec, executor });
    training.dispose();
    const protocol = { explorationEpisodes: 3, executionEpisodes: 1 };
    let state = agent.beginTrials(2, protocol, createRng(1));
    const used: number[][] = [];
    for (let episode = 0; episode < 4; episode += 1) {
      used.push([state.codes.indexOf(1), state.codes.indexOf(1, 3) - 3]);
      const reward = Float32Array.of(episode === 1 ? 5 : 0, episode === 2 ? 5 : 0);
      state = agent.observe(state, new Float32Array(2), { reward } as TimeSteps, Uint8Array.of(1, 1));
      state = agent.endEpisode(state);
    }
    agent.dispose();
    expect(used).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
      [1, 2],
    ]);
  });

  it('acts by the mixture of its policies where that is the output', async () => {
    const distribution = trivialControlDistribution({ actions: 'continuous' });
    const executor = eagerExecutor();
    const options = { ...small, gradientSteps: 4, components: 2, statesKept: 50 };
    const context = { distribution, trial: distribution.trial, executor, rng: createRng(0) };
    const counts: number[] = [];
    for (const output of ['mixture', 'last'] as const) {
      const training = await createStateMarginalMatching({ ...options, output }).openTraining(context);
      for (let update = 0; update < 3; update += 1) await training.update();
      const { policies } = training.parameters() as unknown as { policies: { shape: number[] } };
      counts.push(policies.shape[0] as number);
      training.dispose();
    }
    expect(counts).toEqual([4, 1]);
  });

  it('refuses what it cannot do', async () => {
    const executor = eagerExecutor();
    const open = (learner: ReturnType<typeof createHerDqn>, distribution = trivialControlDistribution()) =>
      learner.openTraining({ distribution, trial: distribution.trial, executor, rng: createRng(0) });
    const wrong = { code: 'INVALID_OPTION', details: { key: 'batchSize' } };
    await expect(open(createMultiTaskDqn({ ...small, batchSize: 63 }))).rejects.toMatchObject(wrong);
    await expect(
      open(createHerDqn(small), trivialControlDistribution({ goal: 'hidden' })),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED_TASK' });
    expect(() => createHerDqn({ gradientSteps: 10, stepsPerCall: 4 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('policyPool', () => {
  it('keeps at most so many, evenly spaced', () => {
    const pool = policyPool(1, 4);
    for (let update = 1; update <= 16; update += 1) pool.add(Float32Array.of(update));
    expect([...pool.policies().data]).toEqual([4, 8, 12, 16]);
    const again = policyPool(1, 4);
    again.restore(pool.save());
    for (const each of [pool, again]) each.add(Float32Array.of(17));
    expect(again.policies()).toEqual(pool.policies());
  });

  it('keeps the newest alone where one is enough', () => {
    const pool = policyPool(2, 1);
    for (let update = 1; update <= 3; update += 1) pool.add(Float32Array.of(update, -update));
    expect(pool.policies()).toEqual({ dtype: 'float32', shape: [1, 2], data: Float32Array.of(3, -3) });
  });
});

describe('observationNormalizer', () => {
  const fields = fieldLayout({ observation: 2, next: 2 });

  it('shifts by the mean and scales by the deviation, by hand', () => {
    const normalizer = observationNormalizer(fields, true);
    normalizer.observe([Float32Array.of(1, 7, 0, 0, 3, 7, 0, 0)]);
    expect([...normalizer.normalization()]).toEqual([2, 7, 1, 1]); // The second number does not vary.
    const rows = Float32Array.of(1, 7, 9, 9, 3, 7, 9, 9);
    normalizeInPlace(rows, normalizer.normalization(), 0, 4);
    expect([...rows]).toEqual([-1, 0, 9, 9, 1, 0, 9, 9]);
    const again = observationNormalizer(fields, true);
    again.restore(normalizer.save());
    expect(again.normalization()).toEqual(normalizer.normalization());
  });

  it('leaves everything as it is where it is switched off', () => {
    const normalizer = observationNormalizer(fields, false);
    normalizer.observe([Float32Array.of(1, 7, 0, 0)]);
    expect([...normalizer.normalization()]).toEqual([0, 0, 1, 1]);
  });
});
