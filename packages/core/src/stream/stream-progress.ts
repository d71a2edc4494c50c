import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { packState, unpackState } from './plain-state.js';
import type { StreamScore } from './score-stream.js';

/** One step of a lifetime. */
export interface StreamStep extends StreamScore {
  readonly step: number;
  /** The task the items truly belong to. */
  readonly task: number;
  /** Items the learner held after it. */
  readonly storedItems: number;
}

/** A lifetime so far: everything that is needed to live the rest of it. */
export interface StreamProgress {
  /** The learner's. */
  readonly state: unknown;
  /** In order: predicted first, observed afterwards. */
  readonly steps: readonly StreamStep[];
  /** Tasks in the order in which they ended. */
  readonly order: readonly number[];
  /**
   * R: row i is measured after the i-th task has ended, row 0 before the first step; column j is the test set of task j.
   * Empty where the stream has no test sets, or `matrix` is false.
   */
  readonly scores: readonly (readonly StreamScore[])[];
  /** Seconds spent in `observe` and `endTask`. */
  readonly learningSeconds: number;
  /** The most bytes of the learner's state so far, where they can be counted. */
  readonly stateBytes?: number;
}

type Columns = Readonly<Record<'task' | 'loss' | 'accuracy' | 'storedItems', Float64Array>>;

function columnsOf(steps: readonly StreamStep[]): Columns {
  const column = (value: (step: StreamStep) => number) => Float64Array.from(steps, value);
  return {
    task: column(({ task }) => task),
    loss: column(({ loss }) => loss),
    accuracy: column(({ accuracy = Number.NaN }) => accuracy),
    storedItems: column(({ storedItems }) => storedItems),
  };
}

function stepsOf({ task, loss, accuracy, storedItems }: Columns): StreamStep[] {
  return Array.from(task, (own, step) => ({
    step,
    task: own,
    loss: loss[step] as number,
    ...(Number.isNaN(accuracy[step]) ? {} : { accuracy: accuracy[step] as number }),
    storedItems: storedItems[step] as number,
  }));
}

/**
 * A lifetime so far as what a checkpoint holds.
 *
 * @returns undefined where the learner's state is no plain data: such a lifetime cannot be resumed.
 */
export function packProgress({ steps, ...rest }: StreamProgress): Checkpoint | undefined {
  return packState({ ...rest, columns: columnsOf(steps) });
}

/** The inverse of {@link packProgress}. */
export function unpackProgress(checkpoint: Checkpoint): StreamProgress {
  const { columns, ...rest } = unpackState(checkpoint) as Omit<StreamProgress, 'steps'> & {
    readonly columns: Columns;
  };
  return { ...rest, steps: stepsOf(columns) };
}
