import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run as compareLearners } from '../../examples/compare-learners/src/main.js';
import { run as fewShotGlyphs } from '../../examples/few-shot-glyphs/src/main.js';
import { run as sinusoidMaml } from '../../examples/sinusoid-maml/src/main.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'examples-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let tensors: number;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(tensors));

describe('examples with a tiny budget', () => {
  it('few-shot-glyphs: every learner is tested on the same episodes', { timeout: 300_000 }, async () => {
    const { status, summary } = await fewShotGlyphs({ updates: 2, seed: 1, output: join(folder, 'glyphs') });
    expect(status).toBe('finished');
    expect(summary.learners.map(({ name, episodes, failures }) => [name, episodes, failures])).toEqual([
      ['ProtoNet', 20, []],
      ['MAML', 20, []],
      ['Nearest neighbour (pixels)', 20, []],
      ['From scratch', 20, []],
    ]);
    for (const { mean } of summary.learners) expect(mean?.estimate).toBeGreaterThan(0.2); // Above guessing.
  });

  it('sinusoid-maml: the error falls with every gradient step', async () => {
    const errors = await sinusoidMaml({
      updates: 150,
      seed: 1,
      episodes: 50,
      output: join(folder, 'sinusoid'),
    });
    expect(errors.map(({ steps }) => steps)).toEqual([0, 1, 5, 10]);
    expect(errors[2]?.error).toBeLessThan(errors[0]?.error as number);
  });

  it('compare-learners: a learner of our own, over three seeds', async () => {
    const { summary } = await compareLearners({
      updates: 5,
      seed: 1,
      episodes: 20,
      output: join(folder, 'own'),
    });
    expect(summary.learners[0]).toMatchObject({
      learnerId: '@acme/subspace/subspace',
      seeds: [1, 2, 3],
      failures: [],
    });
    expect(summary.learners[0]?.mean?.method).toBe('t');
  });
});
