import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry, eagerExecutor, type HostTensor } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { plugin as control } from '../../__fixtures__/toy-control-plugin.js';
import { plugin as joint } from '../../__fixtures__/toy-joint-plugin.js';
import { plugin as episodic } from '../../__fixtures__/toy-plugin.js';
import { comparisonTable } from '../../cli/comparison-table.js';
import { planOfLearner } from '../../cli/trained-learner.node.js';
import type { EvaluationPlan } from '../../plan/plan.js';
import { renderReport } from '../../report/render-report.node.js';
import { selectRows } from '../../rows/group-rows.js';
import { machineMetrics } from '../../rows/metrics.js';
import { cellsOf } from '../cell.js';
import { rowMaker } from '../cell-rows.js';
import { decodeLearner } from '../learner-file.js';
import { completePlan, prepareCell } from '../prepare-cell.js';
import { readRun } from '../read-run.node.js';
import { type RunOptions, runPlan } from '../run-plan.node.js';
import { taskMetrics } from './task-metrics.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'joint-'));
});

const plan = (members: Partial<EvaluationPlan> = {}): EvaluationPlan => ({
  learners: ['independent', 'together'],
  distribution: 'planes',
  updates: 60,
  validation: { every: 20, items: 5 },
  joint: { batchSize: 8 },
  execution: { mode: 'eager', backend: 'cpu' },
  checkpointEvery: 15,
  logEvery: 10,
  output: join(folder, 'run'),
  ...members,
});
const run = (members: Partial<EvaluationPlan> = {}, options: Partial<RunOptions> = {}) =>
  runPlan(plan(members), { plugins: [joint, control, episodic], ...options });
const comparable = (rows: readonly { metric: string }[]) =>
  rows.filter(({ metric }) => !machineMetrics.includes(metric));

describe('joint learners in the runner', () => {
  it('are trained, tested per task, and compared with learning alone', async () => {
    const before = tf.memory().numTensors;
    const { status, rows, summary, plan: complete } = await run();
    expect(tf.memory().numTensors).toBe(before);
    expect(status).toBe('finished');
    expect(complete.joint).toEqual({
      batchSize: 8,
      sampling: 'uniform',
      metric: 'accuracy',
      independent: 'independent',
    });
    expect(complete.test.tasks).toBe(3);
    expect([summary.metric, summary.unit, summary.best]).toEqual(['accuracy', 'task', 'independent']);
    const [alone, together] = summary.learners;
    expect(alone!.mean!.estimate).toBeGreaterThan(0.9);
    expect(alone!.episodes).toBe(3);
    expect(alone!.joint!.transfer).toBeUndefined();
    // The last task contradicts the others, who outvote it.
    const { transfer, tasks } = together!.joint!;
    expect(tasks.map(({ task }) => task)).toEqual(['a', 'b', 'odd']);
    expect(tasks[2]!.gain).toBeLessThan(-0.5);
    expect(transfer).toMatchObject({ against: 'independent', tasks: 3 });
    expect(transfer!.gain.estimate).toBeCloseTo(together!.mean!.estimate - alone!.mean!.estimate, 10);
    const losers = tasks.filter(({ gain }) => gain! < 0).length;
    expect(transfer!.losing).toBeCloseTo(losers / 3, 10);
    expect(together!.validationCurve.map(({ update }) => update)).toEqual([20, 40, 60]);
    expect(together!.cost).toMatchObject({ updates: 60, parameters: 6 });
    expect(
      selectRows(rows, { split: 'test', task: 'task odd', learner: 'together' }).map(({ metric }) => metric),
    ).toEqual(['accuracy', 'rocAuc', 'negativeLogLikelihood']);
    expect(selectRows(rows, { split: 'train', metric: 'loss/odd', learner: 'together' })).toHaveLength(6);
  });

  it('have a row with its cause where a task has no such number', async () => {
    const { rows, summary } = await run({
      distribution: { id: 'planes', options: { oneClass: true } },
      joint: { metric: 'rocAuc', independent: 'together' },
    });
    const [row] = selectRows(rows, { metric: 'rocAuc', task: 'task odd', learner: 'independent' });
    expect(row).toMatchObject({ value: null, cause: expect.stringMatching(/one class/) });
    const [alone, together] = summary.learners;
    expect(alone!.episodes).toBe(2);
    expect(alone!.joint!.transfer).toMatchObject({ against: 'together', tasks: 2 });
    expect(alone!.joint!.tasks[2]!.metrics.rocAuc).toBeUndefined();
    expect(together!.otherMetrics.accuracy).toBeDefined();
  });

  it('rank regressions by R², and sets of both kinds by likelihood', async () => {
    const options = (labels: string) => ({
      distribution: { id: 'planes', options: { labels } },
      updates: 150,
    });
    const { summary } = await run(options('numbers'));
    expect(summary.metric).toBe('rSquared');
    expect(summary.learners[0]!.mean!.estimate).toBeGreaterThan(0.9);
    expect(summary.learners[0]!.otherMetrics.meanSquaredError!.estimate).toBeLessThan(0.2);
    const both = await run({ ...options('both'), updates: 2, output: join(folder, 'both') });
    expect(both.summary.metric).toBe('negativeLogLikelihood');
    expect(both.summary.learners[0]!.joint!.tasks[0]!.metrics.accuracy).toBeUndefined();
  });

  it('resume what was stopped, with the rows of an uninterrupted run', async () => {
    const whole = await run({ output: join(folder, 'whole') });
    const stop = new AbortController();
    const stopped = await run(
      {},
      { signal: stop.signal, onProgress: ({ kind }) => kind === 'update' && stop.abort() },
    );
    expect(stopped.status).toBe('stopped');
    const resumed = await run();
    expect(comparable(resumed.rows)).toEqual(comparable(whole.rows));
    await expect(run({ joint: { batchSize: 9 } })).rejects.toMatchObject({ code: 'INVALID_PLAN' });
    await run({ joint: { batchSize: 8, metric: 'rocAuc' } }); // Another ranking of the same numbers.
  });

  it('are tested from a file, whichever of their two parts is empty', async () => {
    const { folder: out, rows } = await run({ updates: 20 });
    const registry = createRegistry([joint]);
    for (const name of ['independent', 'together']) {
      const bytes = await readFile(join(out.cell(`${name}-seed-0`).path, 'learner.safetensors'));
      const file = decodeLearner(new Uint8Array(bytes));
      const given = planOfLearner(file, {}, { episodes: 600, tasksPerBatch: 20 });
      const complete = await completePlan(registry, given);
      const prepared = await prepareCell(registry, complete, cellsOf(complete)[0]!);
      const { update, theta } = file;
      const executor = eagerExecutor();
      const write = async () => undefined;
      const tested = await prepared.test({
        plan: complete,
        theta,
        update,
        executor,
        row: rowMaker(prepared),
        write,
      });
      const expected = selectRows(rows, { learner: name, metric: 'accuracy', split: 'test' });
      expect(tested.scores).toEqual(expected.map(({ value }) => value));
    }
  });

  it('draw tasks as the plan says', async () => {
    const { rows } = await run({ joint: { batchSize: 8 } });
    const other = await run({
      joint: { batchSize: 8, tasksPerBatch: 2, sampling: { power: 0.5 } },
      output: join(folder, 'other'),
    });
    expect(comparable(other.rows)).not.toEqual(comparable(rows));
  });

  it('keep a diverged run as a row with its cause', async () => {
    const { summary } = await run({
      learners: ['together', { id: 'together', name: 'broken', options: { breaks: true } }],
    });
    expect(summary.learners[1]!.failures).toMatchObject([{ cause: expect.stringMatching(/NOT_FINITE/) }]);
    expect(summary.learners[0]!.joint!.transfer).toBeUndefined();
  });

  it('have a section of tasks and one of transfer in report and table', async () => {
    const { folder: out, summary } = await run({ seeds: [0, 1], updates: 20 });
    const page = renderReport(await readRun(out));
    const titles = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map((match) => match[1]);
    expect(titles).toEqual([
      'Accuracy over tasks',
      'Paired differences',
      'Tasks',
      'Transfer',
      'Learning curves',
      'Across seeds',
      'Cost',
      'How it was made',
    ]);
    expect(page).toContain('<small>loses</small>');
    expect(page).toContain('on the test items of 3 tasks over 2 seeds, a mean over tasks');
    const words = page.slice(page.indexOf('<main>'), page.indexOf('How it was made'));
    expect(words.match(/.{20}episode.{20}/)?.[0]).toBeUndefined();
    const text = comparisonTable(summary);
    expect(text).toMatch(/gain over independent/);
    expect(text).not.toContain('episode');
  });

  it.each([
    [{ learners: ['linear'] }, 'UNSUPPORTED_TASK', { expected: 'joint', received: 'episodic' }],
    [{ distribution: 'blobs' }, 'INVALID_PLAN', { path: 'joint' }],
    [{ distribution: 'corridor' }, 'INVALID_PLAN', { path: 'joint' }],
    [{ trial: { executionEpisodes: 1 } }, 'INVALID_PLAN', { path: 'trial' }],
    [{ references: ['random'] }, 'INVALID_PLAN', { path: 'references' }],
    [{ budget: { environmentSteps: 5 } }, 'INVALID_PLAN', { path: 'budget.environmentSteps' }],
    [{ joint: { metric: 'rSquared' } }, 'INVALID_PLAN', { path: 'joint.metric' }],
    [{ joint: { independent: 'alone' } }, 'INVALID_PLAN', { path: 'joint.independent' }],
    [{ joint: { batchSize: 0 } }, 'INVALID_PLAN', { path: 'joint.batchSize' }],
    [{ joint: { batchsize: 3 } }, 'INVALID_PLAN', { path: 'joint.batchsize', suggestion: 'batchSize' }],
    [{ distribution: { id: 'planes', test: { oneClass: true } } }, 'INVALID_PLAN', { path: 'distribution' }],
    [
      { learners: ['classifier'], distribution: { id: 'planes', options: { labels: 'numbers' } } },
      'UNSUPPORTED_TASK',
      { expected: ['classification'], received: 'regression' },
    ],
  ])('refuse %j before anything runs', async (members, code, details) => {
    await expect(run(members as Partial<EvaluationPlan>)).rejects.toMatchObject({ code, details });
  });
});

describe('taskMetrics', () => {
  const host = (shape: readonly number[], data: readonly number[]): HostTensor => ({
    dtype: 'float32',
    shape,
    data: Float32Array.from(data),
  });
  const of = (means: HostTensor, targets: HostTensor, kind: 'classification' | 'regression') => {
    const losses = Float32Array.from({ length: targets.shape[0]! }, () => 2);
    const found = taskMetrics({ task: { id: 'a', group: 'g' }, index: 0, means, losses, targets }, kind);
    return Object.fromEntries(found.map(({ metric, value, cause }) => [metric, cause ?? value]));
  };

  it('are right on numbers by hand', () => {
    // 3 of 4 right; positives at 0.9 and 0.4, negatives at 0.4 and 0.2: pairs 1, 1, ½, 1.
    const means = host([4, 2], [0.1, 0.9, 0.6, 0.4, 0.6, 0.4, 0.8, 0.2]);
    expect(of(means, host([4], [1, 1, 0, 0]), 'classification')).toEqual({
      accuracy: 0.75,
      rocAuc: 0.875,
      negativeLogLikelihood: 2,
    });
    // Errors 1, 0, −1 of targets 1, 2, 3: mean 2/3, total 2.
    const numbers = of(host([3, 1], [0, 2, 4]), host([3, 1], [1, 2, 3]), 'regression');
    expect(numbers.meanSquaredError).toBeCloseTo(2 / 3, 6);
    expect(numbers.rSquared).toBeCloseTo(0, 6);
    // Two components about means of their own: errors of 1 in one of them.
    const two = of(host([2, 2], [1, 10, 1, 30]), host([2, 2], [0, 10, 2, 30]), 'regression');
    expect(two.rSquared).toBeCloseTo(1 - 2 / 202, 6);
  });

  it('say why there is no number', () => {
    expect(of(host([2, 1], [0, 1]), host([2, 1], [3, 3]), 'regression').rSquared).toMatch(/same target/);
    expect(of(host([1, 2], [0, 1]), host([1], [1]), 'classification').rocAuc).toMatch(/one class/);
    expect(of(host([0, 2], []), host([0], []), 'classification').accuracy).toMatch(/No test item/);
    expect(of(host([1, 3], [0, 1, 0]), host([1], [1]), 'classification').rocAuc).toBeUndefined();
  });
});
