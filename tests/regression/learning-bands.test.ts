import { createRegistry, type EpisodicDistribution, type EpisodicLearner, metaTrain } from '@tasklearn/core';
import { mamlPlugin } from '@tasklearn/maml';
import { protonetsPlugin } from '@tasklearn/protonets';
import { compiledExecutor } from '@tasklearn/runtime';
import { tasksPlugin } from '@tasklearn/tasks';
import { describe, expect, it } from 'vitest';

/**
 * Seeded short runs. The band is the recorded score plus or minus what the same run varies by between seeds; a change that
 * leaves it shows the table before and after in its changeset.
 */
interface Band {
  readonly learner: string;
  readonly options?: object;
  readonly distribution: string;
  readonly distributionOptions: object;
  readonly updates: number;
  readonly tasksPerUpdate: number;
  /** Mean validation accuracy or squared error after training, lowest and highest. */
  readonly band: readonly [number, number];
}

const gaussian = { ways: 5, shots: 1, queries: 10 };

const bands: readonly Band[] = [
  // Four seeds gave 0.87 .. 2.40; predicting zero gives 4.25.
  {
    learner: 'maml',
    distribution: 'sinusoid',
    distributionOptions: { shots: 10 },
    updates: 2000,
    tasksPerUpdate: 25,
    band: [0.5, 3],
  },
  // 0.71 .. 0.81
  {
    learner: 'meta-sgd',
    distribution: 'sinusoid',
    distributionOptions: { shots: 10 },
    updates: 2000,
    tasksPerUpdate: 25,
    band: [0.4, 1.2],
  },
  // 0.76 .. 0.95
  {
    learner: 'reptile',
    distribution: 'sinusoid',
    distributionOptions: { shots: 10 },
    updates: 400,
    tasksPerUpdate: 10,
    band: [0.5, 1.4],
  },
  // 0.823 .. 0.835; guessing gives 0.2.
  {
    learner: 'protonet',
    distribution: 'gaussian-episodes',
    distributionOptions: gaussian,
    updates: 600,
    tasksPerUpdate: 8,
    band: [0.79, 0.87],
  },
];

const registry = createRegistry([mamlPlugin, protonetsPlugin, tasksPlugin]);

async function score({ learner, options, distribution, distributionOptions, updates, tasksPerUpdate }: Band) {
  const tasks = (await registry.createDistribution(
    distribution,
    distributionOptions as never,
  )) as EpisodicDistribution;
  const executor = compiledExecutor({ threads: 1, fallback: 'error' });
  let last = Number.NaN;
  for await (const event of metaTrain({
    learner: registry.createLearner(learner, (options ?? {}) as never) as EpisodicLearner,
    distribution: tasks,
    executor,
    seed: 1,
    updates,
    tasksPerUpdate,
    validation: { every: updates, episodes: 200, tasksPerBatch: 50 },
  }))
    if (event.kind === 'validation') last = event.score;
  return last;
}

describe('regression bands', () => {
  it.each(bands)('$learner on $distribution', async (band) => {
    const value = await score(band);
    expect(value).toBeGreaterThan(band.band[0]);
    expect(value).toBeLessThan(band.band[1]);
  });
});
