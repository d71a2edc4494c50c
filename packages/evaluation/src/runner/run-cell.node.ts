import { rm } from 'node:fs/promises';
import { type CheckpointStore, type Executor, TasklearnError } from '@tasklearn/core';
import { fileCheckpointStore } from '@tasklearn/core/node';
import { measure } from '@tasklearn/runtime';
import { processMemory } from '@tasklearn/runtime/node';
import type { ResolvedPlan } from '../plan/plan.js';
import { openRowWriter, type RowWriter } from '../rows/row-writer.node.js';
import { meanInterval } from '../statistics/mean-interval.js';
import type { CellTest, PreparedCell } from './cell-kind.js';
import { type RowMaker, rowMaker } from './cell-rows.js';
import { encodeLearner } from './learner-file.js';
import type { ProgressEvent } from './progress.js';
import {
  type CellFolder,
  type CellState,
  readCellState,
  writeCellState,
  writeWhole,
} from './run-folder.node.js';
import { type Trained, trainCell } from './train-cell.node.js';

/** What {@link runCell} needs. */
export interface RunCellOptions {
  readonly plan: ResolvedPlan;
  readonly prepared: PreparedCell;
  readonly executor: Executor;
  readonly folder: CellFolder;
  readonly onProgress: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/** How a cell ended. */
export type CellOutcome = 'finished' | 'failed' | 'stopped' | 'skipped';

interface Running extends RunCellOptions {
  readonly rows: RowWriter;
  readonly row: RowMaker;
  readonly state: CellState | undefined;
}

type Finished = Extract<Trained, { kind: 'trained' }>;

interface Tested {
  readonly seconds: number;
  readonly metric?: string;
  readonly mean?: number;
  readonly halfWidth?: number;
  readonly costs?: CellTest['costs'];
}

/** Errors about files and plans, which stop the run; anything else that a learner throws is a row of its cell. */
const stopping: readonly string[] = [
  'WRITE_FAILED',
  'CORRUPT_FILE',
  'INVALID_PLAN',
  'MISSING_DATA',
  'BACKEND_UNAVAILABLE',
];

/** A folder that holds another run is refused. */
function assertSameIdentity(state: CellState, prepared: PreparedCell, folder: CellFolder): void {
  const wanted = prepared.identity as { readonly [key: string]: unknown };
  const found = state.identity as { readonly [key: string]: unknown } | undefined;
  const changed = Object.keys(wanted).filter(
    (key) => JSON.stringify(wanted[key]) !== JSON.stringify(found?.[key]),
  );
  if (changed.length === 0) return;
  throw new TasklearnError(
    'INVALID_PLAN',
    `runCell: ${folder.path} holds a run of '${prepared.cell.learner.name}' with another ${changed.join(', ')}. ` +
      'Choose another output folder, or run with --fresh to start anew.',
    { path: changed[0], folder: folder.path, changed },
  );
}

/** Where a long test keeps how far it is: rows reach the disk before it. */
function testStore({ folder, rows }: Running): CheckpointStore {
  const store = fileCheckpointStore(folder.lifetime);
  return {
    load: () => store.load(),
    async save(bytes) {
      await rows.flush();
      await store.save(bytes);
    },
  };
}

/** Tests θ and keeps examples. */
async function test(running: Running, trained: Finished): Promise<Tested> {
  const { plan, prepared, executor, folder, rows, row, onProgress, signal } = running;
  const { testTasks: episodes, cell } = prepared;
  const { theta, update, environmentSteps } = trained;
  if (episodes === 0) return { seconds: 0 };
  const begun = performance.now();
  const { metric, scores, examples, costs } = await prepared.test({
    plan,
    theta,
    update,
    executor,
    store: testStore(running),
    row,
    write: (each) => rows.write(each),
    onTask(done) {
      const between = done % plan.test.tasksPerBatch !== 0 && done < episodes;
      if (!between) onProgress({ kind: 'testing', cell: cell.key, episodes, done });
    },
    ...(environmentSteps === undefined ? {} : { environmentSteps }),
    ...(signal === undefined ? {} : { signal }),
  });
  const seconds = (performance.now() - begun) / 1000;
  for (const [name, content] of Object.entries(examples))
    await writeWhole(folder[name as 'examples' | 'drawings'], content);
  const { estimate, upper } = meanInterval(scores);
  const result = { seconds, metric, mean: estimate, halfWidth: upper - estimate };
  return costs === undefined ? result : { ...result, costs };
}

async function fail(running: Running, update: number, cause: string): Promise<CellOutcome> {
  const { prepared, folder, rows, row, onProgress, state } = running;
  const { identity, cell } = prepared;
  await rows.write({ ...row('train', update, '', 'failed', Number.NaN), cause });
  await rows.flush();
  const trainingSeconds = state?.trainingSeconds ?? 0;
  await writeCellState(folder, { identity, status: 'failed', update, trainingSeconds, cause });
  onProgress({ kind: 'cellFailed', cell: cell.key, update, cause });
  return 'failed';
}

async function finish(
  running: Running,
  trained: Finished,
  tested: Tested,
  peakMemory: number,
): Promise<CellOutcome> {
  const { prepared, folder, rows, row, onProgress } = running;
  const { update, made, parameters, seconds: trainingTime, environmentSteps } = trained;
  const { seconds: testTime, costs: own, ...result } = tested;
  const steps = environmentSteps === undefined ? {} : { environmentSteps };
  const costs = { parameters, updates: made, ...steps, trainingTime, testTime, peakMemory, ...own };
  for (const [metric, value] of Object.entries(costs))
    await rows.write(row('test', update, '', metric, value));
  await rows.flush();
  const { identity, cell } = prepared;
  await writeCellState(folder, { identity, status: 'finished', update: made, trainingSeconds: trainingTime });
  await rm(folder.lifetime, { force: true });
  onProgress({ kind: 'cellFinished', cell: cell.key, seconds: trainingTime + testTime, ...result });
  return 'finished';
}

/** Trains and tests; whatever the learner throws is a row. */
async function run(running: Running): Promise<CellOutcome> {
  const { plan, prepared, folder, signal, onProgress } = running;
  const { key } = prepared.cell;
  let update = 0;
  try {
    const { result, cost } = await measure(async () => {
      const trained = await trainCell(running);
      update = trained.update;
      if (trained.kind !== 'trained') return { trained };
      if (prepared.cell.reference === undefined)
        await writeWhole(folder.learner, encodeLearner(prepared, trained.theta, trained.update, plan.trial));
      return { trained, tested: await test(running, trained) };
    }, processMemory);
    const { trained, tested } = result;
    if (trained.kind === 'diverged') return await fail(running, trained.update, trained.cause);
    if (tested !== undefined)
      return await finish(running, trained as Finished, tested, cost.peakMemoryBytes ?? Number.NaN);
    onProgress({ kind: 'cellStopped', cell: key, update });
    return 'stopped';
  } catch (error) {
    if (signal?.aborted && error === signal.reason) {
      onProgress({ kind: 'cellStopped', cell: key, update });
      return 'stopped';
    }
    if (TasklearnError.is(error) && stopping.includes(error.code)) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return await fail(running, update, TasklearnError.is(error) ? `${error.code}: ${message}` : message);
  }
}

/**
 * Runs one learner on one seed: meta-training, from its checkpoint where there is one, then the test. A run whose
 * numbers stop being finite, or whose learner throws, is a row with its cause.
 *
 * @returns how it ended; `skipped` where an earlier run had ended it.
 * @throws `INVALID_PLAN` for a folder that holds another run, `WRITE_FAILED`, `CORRUPT_FILE`.
 */
export async function runCell(options: RunCellOptions): Promise<CellOutcome> {
  const { prepared, folder, onProgress } = options;
  const state = await readCellState(folder);
  if (state !== undefined) assertSameIdentity(state, prepared, folder);
  if (state?.status === 'finished' || state?.status === 'failed') {
    onProgress({ kind: 'cellSkipped', cell: prepared.cell.key });
    return 'skipped';
  }
  if (state === undefined) {
    const { identity } = prepared;
    await writeCellState(folder, { identity, status: 'running', update: 0, trainingSeconds: 0 });
  }
  const rows = await openRowWriter(folder.rows);
  try {
    return await run({ ...options, rows, row: rowMaker(prepared), state });
  } finally {
    await rows.close();
  }
}
