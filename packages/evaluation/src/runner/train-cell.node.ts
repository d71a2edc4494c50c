import {
  type CheckpointStore,
  type Executor,
  type HostTensor,
  TasklearnError,
  type TrainingEvent,
  type Tree,
} from '@tasklearn/core';
import { fileCheckpointStore } from '@tasklearn/core/node';
import type { ResolvedPlan } from '../plan/plan.js';
import type { RowWriter } from '../rows/row-writer.node.js';
import type { PreparedCell } from './cell-kind.js';
import type { RowMaker } from './cell-rows.js';
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

/** How training ended. */
export type Trained =
  | {
      readonly kind: 'trained';
      readonly theta: Tree<HostTensor>;
      readonly update: number;
      readonly made: number;
      readonly parameters: number;
      readonly seconds: number;
      /** Steps of environments made, by control learners. */
      readonly environmentSteps?: number;
    }
  /** The user stopped it; a checkpoint was saved. */
  | { readonly kind: 'stopped'; readonly update: number }
  | { readonly kind: 'diverged'; readonly update: number; readonly cause: string };

/** Seconds of training over all sessions of a cell; may be limited. */
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

/** Names of validation scores in rows. */
const scoreNames = {
  accuracy: 'accuracy',
  squaredError: 'meanSquaredError',
  return: 'return',
  loss: 'loss',
} as const;

const stepsOf = ({ environmentSteps }: { readonly environmentSteps?: number }) =>
  environmentSteps === undefined ? {} : { environmentSteps };

/** Rows of one event of training. */
async function record({ rows, row }: TrainCellOptions, event: TrainingEvent): Promise<void> {
  if (event.kind === 'update') {
    const { update, loss, metrics } = event;
    const values = { ...(loss === undefined ? {} : { loss }), ...metrics };
    for (const [metric, value] of Object.entries(values))
      await rows.write(row('train', update, '', metric, value, stepsOf(event)));
  } else if (event.kind === 'validation') {
    const { update, metric, score, loss, success } = event;
    const values = { [scoreNames[metric]]: score, negativeLogLikelihood: loss, success };
    for (const [name, value] of Object.entries(values))
      if (value !== undefined) await rows.write(row('validation', update, '', name, value, stepsOf(event)));
  }
}

function tell({ prepared, onProgress }: TrainCellOptions, event: TrainingEvent): void {
  const cell = prepared.cell.key;
  if (event.kind === 'started') {
    const { update, parameters } = event;
    onProgress({ kind: 'cellStarted', cell, update, parameters, ...stepsOf(event) });
  } else if (event.kind === 'update') {
    const { update, loss } = event;
    onProgress({ kind: 'update', cell, update, ...(loss === undefined ? {} : { loss }), ...stepsOf(event) });
  } else if (event.kind === 'validation') {
    const { update, metric, score } = event;
    onProgress({ kind: 'validation', cell, update, metric: scoreNames[metric], score, ...stepsOf(event) });
  }
}

/** Follows training to its end; stops it when its seconds are over. */
async function follow(options: TrainCellOptions, stop: AbortController): Promise<Trained> {
  const { plan, prepared, executor, state, signal } = options;
  const clock = trainingClock(state?.trainingSeconds ?? 0, plan.budget.seconds);
  let [made, parameters] = [0, 0];
  let steps: { readonly environmentSteps?: number } = {};
  const store = orderedStore(options, () => ({ update: made, seconds: clock.seconds() }));
  try {
    for await (const event of prepared.train({ plan, executor, store, signal: stop.signal })) {
      if (event.kind === 'started') parameters = event.parameters;
      if ('update' in event) made = event.update;
      if ('environmentSteps' in event) steps = stepsOf(event);
      if (event.kind !== 'update' || isLogged(plan, prepared, event)) {
        await record(options, event);
        tell(options, event);
      }
      if (event.kind === 'stopped' && signal?.aborted) return { kind: 'stopped', update: event.update };
      const ending = { made, parameters, seconds: clock.seconds(), ...steps };
      if (event.kind === 'stopped') {
        const { theta, update } = event.best ?? event;
        return { kind: 'trained', theta, update, ...ending };
      }
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
  throw new Error('training ended without a last event'); // Unreachable: the loop above always returns.
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

function isLogged(
  { logEvery, budget }: ResolvedPlan,
  { cell }: PreparedCell,
  { update, environmentSteps = 0 }: Extract<TrainingEvent, { kind: 'update' }>,
): boolean {
  const last = update === cell.learner.updates || environmentSteps >= (budget.environmentSteps ?? Infinity);
  return last || update % logEvery === 0;
}
