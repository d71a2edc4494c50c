import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistry, eagerExecutor, encodeCheckpoint, memoryCheckpointStore } from '@tasklearn/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plugin as control } from '../../__fixtures__/toy-control-plugin.js';
import { plugin as joint } from '../../__fixtures__/toy-joint-plugin.js';
import { plugin as episodic } from '../../__fixtures__/toy-plugin.js';
import { plugin as stream } from '../../__fixtures__/toy-stream-plugin.js';
import { comparisonTable } from '../../cli/comparison-table.js';
import { planOfLearner } from '../../cli/trained-learner.node.js';
import type { EvaluationPlan } from '../../plan/plan.js';
import { renderReport } from '../../report/render-report.node.js';
import type { EvaluationRow } from '../../rows/evaluation-row.js';
import { selectRows } from '../../rows/group-rows.js';
import { machineMetrics } from '../../rows/metrics.js';
import { cellsOf } from '../cell.js';
import { rowMaker } from '../cell-rows.js';
import { decodeLearner } from '../learner-file.js';
import { completePlan, prepareCell } from '../prepare-cell.js';
import { readRun } from '../read-run.node.js';
import { type RunOptions, runPlan } from '../run-plan.node.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stream-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const plan = (members: Partial<EvaluationPlan> = {}): EvaluationPlan => ({
  learners: ['rote', 'everything'],
  distribution: 'colours',
  execution: { mode: 'eager', backend: 'cpu' },
  checkpointEvery: 5,
  logEvery: 4,
  output: join(folder, 'run'),
  ...members,
});
const run = (members: Partial<EvaluationPlan> = {}, options: Partial<RunOptions> = {}) =>
  runPlan(plan(members), { plugins: [stream, joint, control, episodic], ...options });
const comparable = (rows: readonly EvaluationRow[]) =>
  rows.filter(({ metric }) => !machineMetrics.includes(metric));
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

describe('learners of streams in the runner', () => {
  it('are scored on every task after every task', async () => {
    const { status, summary, plan: complete, rows } = await run();
    expect(status).toBe('finished');
    expect(complete.stream).toEqual({
      lifetimes: 1,
      metric: 'accuracy',
      regime: {
        order: 'piecewise',
        boundaries: 'discrete',
        taskLabels: 'always',
        storage: null,
        gradientsPerItem: null,
        batchSize: 2,
        tasks: 3,
        length: 12,
      },
    });
    expect([summary.metric, summary.unit, summary.best]).toEqual(['accuracy', 'task', 'everything']);
    const [rote, everything] = summary.learners;
    // It knows the last task only: 1 on the diagonal, 0 elsewhere.
    expect(rote!.stream!.matrix).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(everything!.stream!.matrix).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 1],
    ]);
    expect(rote!.mean!.estimate).toBeCloseTo(1 / 3, 12);
    const estimates = ({ totals }: NonNullable<typeof rote.stream>) =>
      Object.fromEntries(Object.entries(totals).map(([name, { estimate }]) => [name, estimate]));
    expect(estimates(rote!.stream!)).toMatchObject({
      backwardTransfer: -1,
      forwardTransfer: 0,
      forgetting: 1,
      onlineAccuracy: 0.75, // The first of four steps of a task is wrong.
    });
    expect(estimates(everything!.stream!)).toMatchObject({ backwardTransfer: 0, forgetting: 0 });
    const points = (curve: readonly { update: number; value: number }[]) =>
      curve.map(({ update, value }) => [update, Math.round(1000 * value) / 1000]);
    expect(points(rote!.stream!.average)).toEqual([
      [1, 1],
      [2, 0.5],
      [3, 0.333],
    ]);
    expect(points(rote!.stream!.firstTask)).toEqual([
      [1, 1],
      [2, 0],
      [3, 0],
    ]);
    expect(points(everything!.stream!.storedItems)).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(points(rote!.stream!.online)).toEqual([
      [4, 0.75],
      [8, 0.75],
      [12, 0.75],
    ]);
    // 3 items kept at most, of a float and a label each; a step has two items, each with a gradient.
    expect(everything!.cost).toMatchObject({ storedItems: 3, storedBytes: 24, parameters: 7, gradients: 24 });
    const final = selectRows(rows, { learner: 'rote', task: 'lifetime 0, task 2', metric: 'accuracy' });
    expect(final.map(({ after, value }) => [after, value])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 1],
      [undefined, 1],
    ]);
  });

  it('are compared with learning every task alone', async () => {
    const { summary, plan: complete } = await run({
      learners: ['from-scratch', 'everything', { id: 'rote', options: { memory: 2 } }],
      seeds: [0, 1],
    });
    expect(complete.stream!.scratch).toBe('from-scratch');
    const [scratch, everything, rote] = summary.learners;
    expect(scratch!.stream!.gains).toBeUndefined();
    const { against, whenLearnt, atEnd } = rote!.stream!.gains!;
    expect([against, whenLearnt.estimate]).toEqual(['from-scratch', 0]);
    expect(atEnd.estimate).toBeCloseTo(-1 / 3, 12); // Of three tasks the first is forgotten.
    expect(everything!.stream!.gains!.atEnd.estimate).toBe(0);
  });

  it('live different lifetimes, the same for every learner', async () => {
    const { rows, summary } = await run({ stream: { lifetimes: 2 }, seeds: [0, 1] });
    expect(summary.learners[0]!.episodes).toBe(12);
    const tasks = selectRows(rows, { learner: 'rote', metric: 'onlineLoss' }).map(({ task }) => task);
    expect([...new Set(tasks)]).toEqual(['lifetime 0', 'lifetime 1']);
    const [first, second] = ['rote', 'everything'].map((learner) =>
      selectRows(rows, { learner, metric: 'onlineLoss' }).map(({ value }) => value),
    );
    expect(first).toEqual(second); // Both are wrong once in every task and right afterwards.
  });

  it('are ranked by what they paid where there is nothing to test, with regret', async () => {
    const { summary, rows } = await run({ distribution: 'swings' });
    expect([summary.metric, summary.unit]).toEqual(['onlineLoss', 'lifetime']);
    const [rote] = summary.learners;
    // Predicts the last point: wrong by 1 in both components at every step but the first.
    expect(rote!.mean!.estimate).toBeCloseTo((7 * 2) / 8, 12);
    expect(rote!.stream!.totals.regret!.estimate).toBe(14 - 4);
    expect(rote!.stream!.totals.dynamicRegret!.estimate).toBe(14);
    expect(rote!.stream!.regret.map(({ update, value }) => [update, value])).toEqual([
      [4, 4],
      [8, 10],
    ]);
    expect(rote!.stream!.matrix).toEqual([]);
    expect(rows.some(({ metric }) => metric === 'backwardTransfer')).toBe(false);
    const other = await run({
      distribution: 'colours',
      stream: { metric: 'onlineAccuracy' },
      output: join(folder, 'other'),
    });
    expect([other.summary.metric, other.summary.unit]).toEqual(['onlineAccuracy', 'lifetime']);
  });

  it('are meta-trained where they need it', async () => {
    const { rows, summary } = await run({
      learners: ['skilled', 'rote'],
      updates: 6,
      validation: { every: 2, lifetimes: 2 },
      logEvery: 2,
    });
    expect(selectRows(rows, { learner: 'skilled', split: 'train', metric: 'loss' })).toHaveLength(3);
    const validation = selectRows(rows, { learner: 'skilled', split: 'validation', metric: 'accuracy' });
    expect(validation.map(({ update }) => update)).toEqual([2, 4, 6]);
    expect(summary.learners[0]!.validationCurve).toHaveLength(3);
    expect(summary.learners.map(({ cost }) => cost.updates)).toEqual([6, 0]);
  });

  it('resume in the middle of a lifetime, with the rows of an uninterrupted run', async () => {
    const members = { learners: ['rote'], stream: { lifetimes: 3 }, seeds: [1] };
    const whole = await run({ ...members, output: join(folder, 'whole') });
    const registry = createRegistry([stream]);
    const complete = await completePlan(registry, whole.plan);
    const prepared = await prepareCell(registry, complete, cellsOf(complete)[0]!);
    const store = memoryCheckpointStore();
    let tested = 0;
    /** Tests until so many steps are lived in this session, then breaks off at once. */
    const session = async (steps: number) => {
      const rows: EvaluationRow[] = [];
      let lived = 0;
      const stop = new Error('killed');
      await prepared
        .test({
          plan: complete,
          theta: {},
          update: 0,
          executor: eagerExecutor(),
          store,
          row: rowMaker(prepared),
          write: async (row) => void rows.push(row),
          onTask() {
            lived += 1;
            tested += 1;
            if (lived === steps) throw stop;
          },
        })
        .catch((error) => {
          if (error !== stop) throw error;
        });
      return rows;
    };
    const rows = [
      ...(await session(7)),
      ...(await session(9)),
      ...(await session(13)),
      ...(await session(99)),
    ];
    expect(tested).toBeLessThan(36 + 3 * 12); // 36 steps, and at each break fewer again than a lifetime has.
    const last = new Map(rows.map((row) => [JSON.stringify({ ...row, value: 0 }), row.value]));
    const expected = comparable(whole.rows).filter(({ task }) => task !== '');
    expect(expected.length).toBeGreaterThan(50);
    for (const row of expected) expect(last.get(JSON.stringify({ ...row, value: 0 }))).toBe(row.value);
  });

  it('stop when told, and go on from there', async () => {
    const whole = await run({ output: join(folder, 'whole'), stream: { lifetimes: 4 } });
    const stop = new AbortController();
    const stopped = await run(
      { stream: { lifetimes: 4 } },
      {
        signal: stop.signal,
        onProgress: (event) => event.kind === 'testing' && event.done >= 20 && stop.abort(),
      },
    );
    expect(stopped.status).toBe('stopped');
    const cell = stopped.folder.cell('rote-seed-0');
    expect(await exists(cell.lifetime)).toBe(true);
    const done: number[] = [];
    const resumed = await run(
      { stream: { lifetimes: 4 } },
      {
        onProgress: (event) =>
          event.kind === 'testing' && event.cell === 'rote-seed-0' && done.push(event.done),
      },
    );
    expect(done[0]).toBeGreaterThan(20);
    expect(comparable(resumed.rows)).toEqual(comparable(whole.rows));
    expect(await exists(cell.lifetime)).toBe(false);
    await expect(run({ stream: { lifetimes: 5 } })).rejects.toMatchObject({ code: 'INVALID_PLAN' });
    await run({ stream: { lifetimes: 4, metric: 'negativeLogLikelihood' } }); // Another ranking of the same numbers.
  });

  it('start a lifetime again whose state is no plain data', async () => {
    const learners = [{ id: 'rote', options: { opaque: true } }];
    const { rows } = await run({ learners });
    const plain = await run({ learners: ['rote'], output: join(folder, 'plain') });
    const values = (own: readonly EvaluationRow[]) =>
      comparable(own)
        .filter(({ metric }) => metric !== 'stateBytes')
        .map(({ value }) => value);
    expect(values(rows)).toEqual(values(plain.rows));
    expect(rows.some(({ metric }) => metric === 'stateBytes')).toBe(false);
  });

  it('keep a diverged lifetime as a row with its cause', async () => {
    const { summary } = await run({
      learners: ['rote', { id: 'rote', name: 'broken', options: { breaks: true } }],
    });
    expect(summary.learners[1]!.failures).toMatchObject([
      { cause: expect.stringMatching(/NOT_FINITE.*4 steps/) },
    ]);
    expect(summary.learners[1]!.stream).toBeUndefined();
  });

  it('are tested from a file', async () => {
    const { folder: out, rows } = await run({ learners: ['skilled'], updates: 3 });
    const registry = createRegistry([stream]);
    const bytes = await readFile(join(out.cell('skilled-seed-0').path, 'learner.safetensors'));
    const file = decodeLearner(new Uint8Array(bytes));
    const complete = await completePlan(
      registry,
      planOfLearner(file, { lifetimes: 1 }, { episodes: 600, tasksPerBatch: 20 }),
    );
    const prepared = await prepareCell(registry, complete, cellsOf(complete)[0]!);
    const tested = await prepared.test({
      plan: complete,
      theta: file.theta,
      update: file.update,
      executor: eagerExecutor(),
      row: rowMaker(prepared),
      write: async () => undefined,
    });
    const expected = rows.filter(
      ({ metric, split, task, after }) =>
        metric === 'accuracy' && split === 'test' && task !== '' && after === undefined,
    );
    expect([...tested.scores].sort()).toEqual(expected.map(({ value }) => value).sort());
  });

  it('have sections of their own in report and table', async () => {
    const { folder: out, summary } = await run({
      seeds: [0, 1],
      learners: ['rote', 'from-scratch', 'everything'],
    });
    const page = renderReport(await readRun(out));
    const titles = [...page.matchAll(/<h2>([^<]*)<\/h2>/g)].map((match) => match[1]);
    expect(titles).toEqual([
      'Accuracy at the end of a lifetime',
      'Paired differences',
      'Transfer',
      'Remembering',
      'Forgetting',
      'While learning',
      'Across seeds',
      'Cost',
      'How it was made',
    ]);
    expect(page).toContain('on the test sets of 3 tasks at the end of a lifetime over 2 seeds');
    expect(page).toContain('Over from-scratch, when learnt');
    expect(page).toContain('A lifetime: 3 tasks, 12 steps of 2 items each (piecewise). Which task');
    expect(page).toContain('task 1 after 2: 0.0 %');
    expect(page).toContain('<small>1 → 3</small>');
    const words = page.slice(page.indexOf('<main>'), page.indexOf('How it was made'));
    expect(words.match(/.{20}episode.{20}/)?.[0]).toBeUndefined();
    const text = comparisonTable(summary);
    expect(text).toMatch(/backward transfer +forward transfer +online accuracy +items kept +tasks/);
    expect(text).not.toContain('episode');
    // What an older run of another kind may have left there is no example of this one.
    const tensors = { mean: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } } as const;
    await writeFile(out.cell('rote-seed-0').examples, encodeCheckpoint({ tensors, metadata: {} }));
    expect((await readRun(out)).examples).toBeUndefined();
    const numbers = await run({ distribution: 'swings', output: join(folder, 'swings'), seeds: [0, 1] });
    const other = renderReport(await readRun(numbers.folder));
    expect(other).toMatch(/<h2>Online loss over lifetimes<\/h2>/);
    expect(other).toMatch(/a lifetime, each step predicted before it was learnt/);
    expect(other).not.toContain('<h2>Forgetting</h2>');
    expect(comparisonTable(numbers.summary)).toMatch(/regret/);
  });

  it.each([
    [
      { learners: [{ id: 'rote', options: { needs: 'labels' } }] },
      { labels: 'learning' },
      /must be told the task of what/,
    ],
    [
      { learners: [{ id: 'rote', options: { needs: 'labels' } }] },
      { labels: 'hidden' },
      /this stream does not tell/,
    ],
    [
      { learners: [{ id: 'rote', options: { needs: 'everything' } }] },
      { storage: 2 },
      /keeps up to Infinity items/,
    ],
    [
      { learners: [{ id: 'rote', options: { memory: 3 } }] },
      { storage: 2 },
      /Learner 'rote' on 'colours' keeps up to 3/,
    ],
    [{ learners: ['skilled'] }, { testsOnly: true }, /no such split/],
  ] as const)(
    'are refused a stream that grants less than they need: %j on %j',
    async (members, options, message) => {
      const error = await run({
        ...(members as Partial<EvaluationPlan>),
        distribution: { id: 'colours', options },
      }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'UNSUPPORTED_TASK', message: expect.stringMatching(message) });
      expect(await exists(join(folder, 'run', 'rows.jsonl'))).toBe(false);
    },
  );

  it('may live on a stream without training lifetimes if they make no update', async () => {
    const distribution = { id: 'colours', options: { testsOnly: true } };
    expect((await run({ learners: ['skilled'], updates: 0, distribution })).status).toBe('finished');
  });

  it.each([
    [{ learners: ['namer'], distribution: 'swings' }, 'UNSUPPORTED_TASK', { received: 'regression' }],
    [{ learners: ['skilled'], distribution: { id: 'colours', test: { tasks: 4 } } }, 'UNSUPPORTED_TASK', {}],
    [{ trial: { executionEpisodes: 1 } }, 'INVALID_PLAN', { path: 'trial' }],
    [{ joint: { batchSize: 3 } }, 'INVALID_PLAN', { path: 'joint' }],
    [{ validation: { every: 1, items: 3 } }, 'INVALID_PLAN', { path: 'validation.items' }],
    [{ distribution: 'blobs', learners: ['linear'], stream: {} }, 'INVALID_PLAN', { path: 'stream' }],
    [{ distribution: 'planes', learners: ['together'], stream: {} }, 'INVALID_PLAN', { path: 'stream' }],
    [{ distribution: 'corridor', learners: ['table'], stream: {} }, 'INVALID_PLAN', { path: 'stream' }],
    [{ stream: { metric: 'meanSquaredError' } }, 'INVALID_PLAN', { path: 'stream.metric' }],
    [{ distribution: 'swings', stream: { metric: 'accuracy' } }, 'INVALID_PLAN', { path: 'stream.metric' }],
    [{ stream: { regime: { storage: 5 } } }, 'INVALID_PLAN', { path: 'stream.regime.storage' }],
    [{ stream: { regime: { taskLabels: 'hidden' } } }, 'INVALID_PLAN', { path: 'stream.regime.taskLabels' }],
    [{ stream: { scratch: 'alone' } }, 'INVALID_PLAN', { path: 'stream.scratch' }],
    [{ stream: { lifetimes: 0 } }, 'INVALID_PLAN', { path: 'stream.lifetimes' }],
    [{ stream: { lifetime: 3 } }, 'INVALID_PLAN', { path: 'stream.lifetime', suggestion: 'lifetimes' }],
  ] as const)('refuse plans that mean nothing: %j', async (members, code, details) => {
    const error = await run(members as Partial<EvaluationPlan>).catch((thrown) => thrown);
    expect(error).toMatchObject({ code, details });
  });
});
