import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeCheckpoint, type HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { plugin as control } from '../../__fixtures__/toy-control-plugin.js';
import { plugin as episodic } from '../../__fixtures__/toy-plugin.js';
import type { EvaluationPlan } from '../../plan/plan.js';
import { selectRows } from '../../rows/group-rows.js';
import { machineMetrics } from '../../rows/metrics.js';
import type { ProgressEvent } from '../progress.js';
import { readRun } from '../read-run.node.js';
import { type RunOptions, runPlan } from '../run-plan.node.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'control-'));
});

const plan = (members: Partial<EvaluationPlan> = {}): EvaluationPlan => ({
  learners: ['table'],
  distribution: 'corridor',
  updates: 40,
  validation: { every: 20, tasks: 10 },
  test: { tasks: 12, tasksPerBatch: 5 },
  execution: { mode: 'eager', backend: 'cpu' },
  checkpointEvery: 15,
  logEvery: 10,
  output: join(folder, 'run'),
  ...members,
});
const run = (members: Partial<EvaluationPlan> = {}, options: Partial<RunOptions> = {}) =>
  runPlan(plan(members), { plugins: [control, episodic], ...options });
const comparable = (rows: readonly { metric: string }[]) =>
  rows.filter(({ metric }) => !machineMetrics.includes(metric));

describe('control learners in the runner', () => {
  it('are trained, tested and compared with references on the same tasks', async () => {
    const before = tf.memory().numTensors;
    const { status, rows, summary, plan: complete } = await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(status).toBe('finished');
    expect(complete.trial).toEqual({ explorationEpisodes: 1, executionEpisodes: 2 });
    expect(complete.references).toEqual(['random', 'oracle']);
    expect(summary.metric).toBe('return');
    const [table, random, oracle] = summary.learners;
    expect([table, random, oracle].map((each) => each!.reference)).toEqual([undefined, true, true]);
    expect(summary.best).toBe('table');
    // Three steps to the right end: 1 − 0.2; a slip, one step in ten, costs 0.2 more.
    expect(oracle!.mean!.estimate).toBeGreaterThan(0.65);
    expect(table!.mean!.estimate).toBeGreaterThan(random!.mean!.estimate + 0.3);
    expect(table!.episodes).toBe(12);
    expect(table!.otherMetrics.success!.estimate).toBeGreaterThan(0.9);
    expect(table!.cost).toMatchObject({ updates: 40, environmentSteps: 40 * 32, parameters: 42 });
    expect(table!.control!.adaptation.map(({ episode }) => episode)).toEqual([0, 1, 2]);
    expect(table!.control!.validationCurve.map(({ environmentSteps }) => environmentSteps)).toEqual([
      640, 1280,
    ]);
    expect(table!.control!.trainingCurve).toHaveLength(4);
    expect(oracle!.control!.validationCurve).toEqual([]);
    const [first] = selectRows(rows, { metric: 'success', split: 'test', learner: 'table' });
    expect(first).toMatchObject({
      learnerId: '@acme/control/table',
      task: 'task 0',
      episode: 0,
      environmentSteps: 1280,
      unit: 'fraction',
    });
    expect(selectRows(rows, { metric: 'return', split: 'test', learner: 'oracle' })).toHaveLength(36);
    expect(rows.find(({ learner }) => learner === 'oracle')).toMatchObject({
      learnerId: '@acme/control/corridor#oracle',
      version: '2.0.0',
    });
  });

  it('keep trajectories and drawings of a few test trials', async () => {
    const { folder: out } = await run();
    const cell = out.cell('oracle-seed-0');
    const { tensors, metadata } = decodeCheckpoint(new Uint8Array(await readFile(cell.examples)));
    const trials = tensors as unknown as { observations: HostTensor; rewards: HostTensor }[][];
    expect(trials.map((episodes) => episodes.length)).toEqual([3, 3, 3]);
    expect(trials[0]![0]!.observations.shape[1]).toBe(2);
    expect(metadata).toMatchObject({ learner: 'oracle', tasks: [{ id: 'test 0' }, {}, {}] });
    const { drawings } = await readRun(out);
    expect(drawings!.map(({ learner }) => learner)).toEqual(['table', 'random', 'oracle']);
    expect(drawings![0]!.trials).toHaveLength(3);
    expect(drawings![0]!.trials[0]!.drawing).toContain('<polyline');
    expect(drawings![0]!.trials[0]!.frames!.length).toBeGreaterThan(8);
    expect(drawings![0]!.trials[2]!.frames).toBeUndefined();
  });

  it('meet the same luck as far as their actions agree', async () => {
    const { summary } = await run({
      learners: [
        { id: 'table', name: 'one' },
        { id: 'table', name: 'two' },
      ],
      references: [],
    });
    expect(summary.learners[1]!.difference!.interval.estimate).toBe(0);
  });

  it('end at a budget of environment steps, validated by them, and log the last update', async () => {
    const { rows, summary } = await run({
      ...{ updates: undefined as never },
      budget: { environmentSteps: 500 },
      validation: { every: 200, unit: 'environmentSteps', tasks: 4 },
      references: ['left'],
    });
    expect(summary.learners.map(({ name }) => name)).toEqual(['table', 'left']);
    expect(summary.learners[0]!.cost.environmentSteps).toBe(512);
    const validated = selectRows(rows, { split: 'validation', metric: 'return' });
    expect(validated.map(({ environmentSteps }) => environmentSteps)).toEqual([224, 416, 512]);
    expect(selectRows(rows, { split: 'train', metric: 'return' }).at(-1)).toMatchObject({ update: 16 });
  });

  it('give interquartile means and intervals over seeds', async () => {
    const { summary } = await run({ seeds: [0, 1, 2], updates: 20, validation: { every: 5, tasks: 5 } });
    const [table, random] = summary.learners;
    expect(table!.seeds).toEqual([0, 1, 2]);
    expect(table!.interquartileMean!.method).toBe('percentileBootstrap');
    expect(table!.control!.validationCurve).toHaveLength(4);
    expect(table!.control!.validationCurve.some(({ lower, upper }) => lower < upper)).toBe(true);
    expect(random!.probabilityOfBestBetter).toBeGreaterThan(0.5);
  });

  it('resume what was stopped, with the rows of an uninterrupted run', async () => {
    const whole = await run({ output: join(folder, 'whole') });
    const stop = new AbortController();
    const events: ProgressEvent[] = [];
    const onProgress = (event: ProgressEvent) => {
      events.push(event);
      if (event.kind === 'update') stop.abort();
    };
    const stopped = await run({}, { signal: stop.signal, onProgress });
    expect(stopped.status).toBe('stopped');
    expect(events.find(({ kind }) => kind === 'update')).toMatchObject({ environmentSteps: 320 });
    const resumed = await run();
    expect(comparable(resumed.rows)).toEqual(comparable(whole.rows));
  });

  it('keep a diverged run as a row with its cause', async () => {
    const { summary } = await run({
      learners: ['table', { id: 'table', name: 'broken', options: { breaksAt: 3 } }],
    });
    expect(summary.learners[1]!.failures).toMatchObject([
      { update: 3, cause: expect.stringMatching(/NOT_FINITE/) },
    ]);
    expect(summary.best).toBe('table');
  });

  it('are stopped by seconds too, and tested with the best parameters', async () => {
    const { summary } = await run({ updates: 1_000_000, budget: { seconds: 0.3 } });
    expect(summary.learners[0]!.cost.updates).toBeLessThan(1_000_000);
    expect(summary.learners[0]!.episodes).toBe(12);
  });

  it.each([
    [{ learners: ['mover'] }, 'UNSUPPORTED_TASK', { missing: ['actions', 'goals'] }],
    [{ learners: ['table', 'linear'] }, 'UNSUPPORTED_TASK', { expected: 'control', received: 'episodic' }],
    [{ distribution: 'blobs' }, 'UNSUPPORTED_TASK', { expected: 'episodic', received: 'control' }],
    [{ references: ['orakle'] }, 'INVALID_PLAN', { path: 'references[0]' }],
    [{ references: ['table'] }, 'INVALID_PLAN', { path: 'references[0]' }],
    [
      { learners: ['linear'], distribution: 'blobs', budget: { environmentSteps: 5 } },
      'INVALID_PLAN',
      { path: 'budget.environmentSteps' },
    ],
    [
      { learners: ['linear'], distribution: 'blobs', trial: { executionEpisodes: 1 } },
      'INVALID_PLAN',
      { path: 'trial' },
    ],
    [{ trial: { executionEpisodes: 0 } }, 'INVALID_PLAN', { path: 'trial.executionEpisodes' }],
  ] as const)('refuse %j before anything runs', async (members, code, details) => {
    await expect(run(members as Partial<EvaluationPlan>)).rejects.toMatchObject({ code, details });
  });
});
