import {
  type CheckpointStore,
  decodeCheckpoint,
  type Executor,
  type HostTensor,
  metaTrain,
  TasklearnError,
  type TrainingEvent,
  type Tree,
} from '@tasklearn/core';
import { fileCheckpointStore } from '@tasklearn/core/node';
import type { ResolvedPlan } from '../plan/plan.js';
import type { RowWriter } from '../rows/row-writer.node.js';
import type { RowMaker } from './cell-rows.js';
import type { PreparedCell } from './prepare-cell.js';
import type { ProgressEvent } from './progress.js';
import { type CellFolder, type CellState, writeCellState } from './run-folder.node.js';

/** What {@link trainCell} needs. */
export interface TrainCellOptions {
  readonly plan: ResolvedPlan;
  readonly prepared: PreparedCell;
  readonly executor: Executor;
  readonly folder: CellFolder;
  readonly state: CellState | undefined;
  readonly rows: RowWriter;
  readonly row: RowMaker;
  readonly onProgress: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/** How meta-training ended. */
export type Trained =
  | {
      readonly kind: 'trained';
      readonly theta: Tree<HostTensor>;
      readonly update: number;
      readonly made: number;
      readonly parameters: number;
      readonly seconds: number;
    }
  /** The user stopped it; a checkpoint was saved. */
  | { readonly kind: 'stopped'; readonly update: number }
  | { readonly kind: 'diverged'; readonly update: number; readonly cause: string };

/** Seconds of meta-training over all sessions of a cell; may be limited. */
function trainingClock(before: number, limit: number | undefined) {
  const start = performance.now();
  const seconds = () => before + (performance.now() - start) / 1000;
  return { seconds, isOver: () => limit !== undefined && seconds() >= limit };
}

/** Rows and time reach the disk before the checkpoint that they lead up to, so that a resumed run misses none. */
function orderedStore(
  { prepared, folder, rows }: TrainCellOptions,
  now: () => { readonly update: number; readonly seconds: number },
): CheckpointStore {
  const store = fileCheckpointStore(folder.checkpoint);
  return {
    load: () => store.load(),
    async save(bytes) {
      await rows.flush();
      await store.save(bytes);
      const { update, seconds: trainingSeconds } = now();
      const { identity } = prepared;
      await writeCellState(folder, { identity, status: 'running', update, trainingSeconds });
    },
  };
}

/** θ of a run that its budget stopped: the best on validation tasks, or the last. */
async function keptTheta(store: CheckpointStore): Promise<{ theta: Tree<HostTensor>; update: number }> {
  const { tensors, metadata } = decodeCheckpoint((await store.load())!);
  const { theta, best } = tensors as { readonly [part: string]: Tree<HostTensor> | undefined };
  const saved = metadata as { readonly update: number; readonly best: { readonly update: number } | null };
  return best === undefined || saved.best === null
    ? { theta: theta!, update: saved.update }
    : { theta: best, update: saved.best.update };
}

/** Rows of one event of meta-training. */
async function record({ rows, row }: TrainCellOptions, event: TrainingEvent): Promise<void> {
  if (event.kind === 'update') {
    const { update, loss, metrics } = event;
    const values = { ...(loss === undefined ? {} : { loss }), ...metrics };
    for (const [metric, value] of Object.entries(values))
      await rows.write(row('train', update, '', metric, value));
  } else if (event.kind === 'validation') {
    const { update, metric, score, loss } = event;
    const name = metric === 'accuracy' ? metric : 'meanSquaredError';
    await rows.write(row('validation', update, '', name, score));
    if (loss !== undefined) await rows.write(row('validation', update, '', 'negativeLogLikelihood', loss));
  }
}

function tell({ prepared, onProgress }: TrainCellOptions, event: TrainingEvent): void {
  const cell = prepared.cell.key;
  if (event.kind === 'started') {
    onProgress({ kind: 'cellStarted', cell, update: event.update, parameters: event.parameters });
  } else if (event.kind === 'update') {
    const { update, loss } = event;
    onProgress({ kind: 'update', cell, update, ...(loss === undefined ? {} : { loss }) });
  } else if (event.kind === 'validation') {
    const { update, metric, score } = event;
    onProgress({
      kind: 'validation',
      cell,
      update,
      metric: metric === 'accuracy' ? metric : 'meanSquaredError',
      score,
    });
  }
}

/** The events of meta-training, from the checkpoint where there is one. */
function begin({ plan, prepared, executor }: TrainCellOptions, store: CheckpointStore, signal: AbortSignal) {
  const { learner, train: distribution, validation, cell, identity } = prepared;
  return metaTrain({
    learner,
    distribution,
    executor,
    seed: cell.seed,
    updates: cell.learner.updates,
    tasksPerUpdate: cell.learner.tasksPerUpdate,
    store,
    checkpointEvery: plan.checkpointEvery,
    signal,
    identity,
    ...(plan.validation === undefined
      ? {}
      : { validation: { ...plan.validation, distribution: validation } }),
  });
}

/** Follows meta-training to its end; stops it when its seconds are over. */
async function follow(options: TrainCellOptions, stop: AbortController): Promise<Trained> {
  const { plan, prepared, state, signal } = options;
  const clock = trainingClock(state?.trainingSeconds ?? 0, plan.budget.seconds);
  let [made, parameters] = [0, 0];
  const store = orderedStore(options, () => ({ update: made, seconds: clock.seconds() }));
  try {
    for await (const event of begin(options, store, stop.signal)) {
      if (event.kind === 'started') parameters = event.parameters;
      if ('update' in event) made = event.update;
      if (event.kind !== 'update' || isLogged(plan, event.update, prepared.cell.learner.updates)) {
        await record(options, event);
        tell(options, event);
      }
      if (event.kind === 'stopped' && signal?.aborted) return { kind: 'stopped', update: event.update };
      const ending = { made, parameters, seconds: clock.seconds() };
      if (event.kind === 'stopped') return { kind: 'trained', ...(await keptTheta(store)), ...ending };
      if (event.kind === 'finished') {
        const { theta, update, best } = event;
        return { kind: 'trained', theta, update: best?.update ?? update, ...ending };
      }
      if (clock.isOver()) stop.abort();
    }
  } catch (error) {
    if (TasklearnError.is(error, 'CORRUPT_FILE')) throw corruptCheckpoint(error, options.folder.checkpoint);
    if (!TasklearnError.is(error, 'NOT_FINITE')) throw error;
    return { kind: 'diverged', update: made, cause: `${error.code}: ${error.message}` };
  }
  throw new Error('metaTrain ended without a last event'); // Unreachable: the loop above always returns.
}

/**
 * Meta-trains a cell, from its checkpoint where it has one, and writes rows as it goes.
 *
 * @returns θ, or how far it came before it was stopped or diverged.
 * @throws `WRITE_FAILED`, `CORRUPT_FILE`, and whatever the learner throws besides `NOT_FINITE`.
 */
export async function trainCell(options: TrainCellOptions): Promise<Trained> {
  const { signal } = options;
  const stop = new AbortController();
  const forward = () => stop.abort();
  if (signal?.aborted) stop.abort();
  signal?.addEventListener('abort', forward, { once: true });
  try {
    return await follow(options, stop);
  } finally {
    signal?.removeEventListener('abort', forward);
  }
}

function corruptCheckpoint(cause: TasklearnError, path: string): TasklearnError {
  return new TasklearnError(
    'CORRUPT_FILE',
    `trainCell: ${path} cannot be resumed from: ${cause.message} Delete the folder it is in, or run with --fresh.`,
    { ...cause.details, path, cause },
  );
}

function isLogged({ logEvery }: ResolvedPlan, update: number, updates: number): boolean {
  return update % logEvery === 0 || update === updates;
}
