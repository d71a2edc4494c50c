import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCheckpoint } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { plugin } from '../__fixtures__/toy-plugin.js';
import type { EvaluationPlan } from '../plan/plan.js';
import { selectRows } from '../rows/group-rows.js';
import { machineMetrics } from '../rows/metrics.js';
import type { ProgressEvent } from './progress.js';
import { readRun } from './read-run.node.js';
import { type RunOptions, runPlan } from './run-plan.node.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runs-'));
});

const plan = (members: Partial<EvaluationPlan> = {}): EvaluationPlan => ({
  name: 'toy',
  learners: [{ id: 'linear', options: { learningRate: 0.05 } }, 'nearest-mean'],
  distribution: { id: 'blobs', train: { ways: 4 } },
  updates: 40,
  tasksPerUpdate: 8,
  validation: { every: 20, episodes: 20 },
  test: { episodes: 40, tasksPerBatch: 20 },
  execution: { mode: 'eager', backend: 'cpu' },
  checkpointEvery: 15,
  logEvery: 20,
  output: join(folder, 'toy'),
  ...members,
});
const run = (members: Partial<EvaluationPlan> = {}, options: Partial<RunOptions> = {}) =>
  runPlan(plan(members), { plugins: [plugin], ...options });
const comparable = (rows: readonly { metric: string }[]) =>
  rows.filter(({ metric }) => !machineMetrics.includes(metric));

describe('runPlan', () => {
  it('is reported where its example episodes are gone, and names the file where they are something else', async () => {
    const { folder: out } = await run({ updates: 0, test: { episodes: 3 }, learners: ['nearest-mean'] });
    const { examples } = out.cell('nearest-mean-seed-0');
    const mean = { dtype: 'float32', shape: [1], data: Float32Array.of(1) } as const;
    await writeFile(examples, encodeCheckpoint({ tensors: { mean }, metadata: {} }));
    await expect(readRun(out)).rejects.toMatchObject({ code: 'CORRUPT_FILE', details: { path: examples } });
    await rm(examples);
    expect((await readRun(out)).examples).toBeUndefined();
  });

  it('trains, tests and writes rows, curves, costs and examples', async () => {
    const before = tf.memory().numTensors;
    const { status, rows, summary, folder: out } = await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(status).toBe('finished');
    const [linear, nearest] = summary.learners;
    expect(linear!.episodes).toBe(40);
    expect(linear!.mean!.estimate).toBeGreaterThan(0.6);
    expect(linear!.validationCurve.map(({ update }) => update)).toEqual([20, 40]);
    expect(Object.keys(linear!.trainingCurves)).toEqual(['loss', 'gradientNorm', 'scale']);
    expect(linear!.cost).toMatchObject({ parameters: 36 * 8, updates: 40, peakMemory: expect.any(Number) });
    expect(nearest!.cost).toMatchObject({ parameters: 0, updates: 0 });
    expect(nearest!.calibration!.bins).toHaveLength(15);
    expect(selectRows(rows, { metric: 'accuracy', split: 'test' })[0]).toMatchObject({
      learner: 'linear',
      learnerId: '@acme/toy/linear',
      version: '1.2.3',
      distribution: '@acme/toy/blobs',
      ways: 3,
      shots: 1,
      querySize: 6,
      task: 'episode 0',
    });
    const { examples, environment } = await readRun(out);
    expect(examples!.support.inputs.shape).toEqual([3, 3, 6, 6, 1]);
    expect(examples!.query.targets.shape).toEqual([3, 3]);
    expect(examples!.predictions.map(({ learner, mean }) => [learner, mean.shape])).toEqual([
      ['linear', [3, 3, 3]],
      ['nearest-mean', [3, 3, 3]],
    ]);
    expect(environment.versions['@acme/toy']).toBe('1.2.3');
    expect((await readFile(out.rows, 'utf8')).trim().split('\n')).toHaveLength(rows.length);
  });

  it('does not repeat what is finished, and refuses a folder of another plan', async () => {
    const first = await run();
    const events: ProgressEvent[] = [];
    const second = await run({}, { onProgress: (event) => events.push(event) });
    expect(events.map(({ kind }) => kind)).toEqual(['runStarted', 'cellSkipped', 'cellSkipped']);
    expect(second.rows).toEqual(first.rows);
    const other = { test: { episodes: 20 } };
    await expect(run(other)).rejects.toMatchObject({ code: 'INVALID_PLAN', details: { changed: ['test'] } });
    expect((await run(other, { fresh: true })).summary.learners[0]!.episodes).toBe(20);
  });

  it('resumes what was stopped, with the rows of an uninterrupted run', async () => {
    const whole = await run({ output: join(folder, 'whole') });
    const stop = new AbortController();
    const onProgress = (event: ProgressEvent) => {
      if (event.kind === 'update') stop.abort();
    };
    const stopped = await run({}, { signal: stop.signal, onProgress });
    expect(stopped.status).toBe('stopped');
    expect(stopped.rows.length).toBeLessThan(whole.rows.length);
    const resumed = await run();
    expect(resumed.status).toBe('finished');
    expect(comparable(resumed.rows)).toEqual(comparable(whole.rows));
  });

  it('gives the same test episodes to every learner and differences of zero to identical ones', async () => {
    const { summary } = await run({
      learners: [
        { id: 'nearest-mean', name: 'one' },
        { id: 'nearest-mean', name: 'two' },
      ],
    });
    expect(summary.learners[1]!.difference!.interval.estimate).toBe(0);
    expect(summary.learners[0]!.seedMeans).toEqual(summary.learners[1]!.seedMeans);
  });

  it('keeps a diverged run as a row with its cause and goes on', async () => {
    const { rows, summary, status } = await run({
      learners: [{ id: 'linear', name: 'broken', options: { blowUp: true } }, 'nearest-mean'],
    });
    expect(status).toBe('finished');
    expect(selectRows(rows, { learner: 'broken' })).toMatchObject([
      { metric: 'failed', value: null, update: 1, cause: expect.stringMatching(/^NOT_FINITE: .*loss/) },
    ]);
    expect(summary.best).toBe('nearest-mean');
    expect(summary.learners[0]!.failures).toHaveLength(1);
  });

  it('stops meta-training when its seconds are over, and tests what there is', async () => {
    const { summary } = await run({ updates: 100_000, budget: { seconds: 0.3 }, validation: { every: 5 } });
    const [linear] = summary.learners;
    expect(linear!.cost.updates).toBeLessThan(100_000);
    expect(linear!.cost.updates).toBeGreaterThan(0);
    expect(linear!.episodes).toBe(40);
  });

  it('runs regression tasks', async () => {
    const { summary, folder: out } = await run({ learners: ['mean-target'], distribution: 'lines' });
    expect(summary.metric).toBe('meanSquaredError');
    expect(summary.learners[0]!.mean!.estimate).toBeGreaterThan(0.5);
    expect((await readRun(out)).examples!.target).toBe('regression');
  });

  it.each([
    [{ learners: ['liner'] }, 'NO_SUCH_LEARNER'],
    [{ distribution: 'blob' }, 'NO_SUCH_DISTRIBUTION'],
    [{ distribution: 'missing' }, 'MISSING_DATA'],
    [{ distribution: 'lines' }, 'UNSUPPORTED_TASK'],
    [{ learners: [{ id: 'linear', options: { learningRat: 1 } }] }, 'INVALID_OPTION'],
    [{ learners: [{ id: 'linear', options: { learningRate: -1 } }] }, 'INVALID_OPTION'],
    [{ execution: { backend: 'webgl' } }, 'BACKEND_UNAVAILABLE'],
    [{ output: '/dev/null/run' }, 'WRITE_FAILED'],
  ] as const)('refuses %j before anything runs', async (members, code) => {
    await expect(run(members as Partial<EvaluationPlan>)).rejects.toMatchObject({ code });
  });

  it('refuses a folder that another process runs into, and ignores one that is gone', async () => {
    await mkdir(join(folder, 'toy'), { recursive: true });
    const lock = join(folder, 'toy/run.lock');
    await writeFile(lock, `${process.ppid}\n`);
    await expect(run({ updates: 1 })).rejects.toMatchObject({ code: '@tasklearn/evaluation:RUN_IN_USE' });
    await writeFile(lock, '999999999\n');
    expect((await run({ updates: 1 })).status).toBe('finished');
    expect(existsSync(lock)).toBe(false);
  });

  it('says which checkpoint is corrupt, and resumes after a fresh start', async () => {
    const stop = new AbortController();
    await run({}, { signal: stop.signal, onProgress: ({ kind }) => kind === 'update' && stop.abort() });
    const path = join(folder, 'toy/cells/linear-seed-0/checkpoint.safetensors');
    await writeFile(path, (await readFile(path)).subarray(0, 100));
    await expect(run()).rejects.toMatchObject({ code: 'CORRUPT_FILE', details: { path } });
    expect((await run({}, { fresh: true })).status).toBe('finished');
  });
});
