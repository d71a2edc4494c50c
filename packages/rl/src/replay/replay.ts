import type { HostTensor, Rng, Tree } from '@tasklearn/core';
import type { FieldLayout } from './field-layout.js';

/**
 * Which of the rows are drawn: `all`; `recent`, the last so many; `success`, those whose mark is set; `balanced`, half of
 * the draws from those whose mark is set and half from the others.
 */
export type ReplayView = 'all' | 'success' | 'balanced' | { readonly kind: 'recent'; readonly count: number };

/** How rows are drawn. */
export interface SampleOptions {
  /** Tasks to draw from, in the order of the batch; default all. Each gives equally many rows. */
  readonly tasks?: ArrayLike<number>;
  /** Minibatches for several gradient steps of one call: a leading axis G. Default none. */
  readonly batches?: number;
  /** Default `all`. */
  readonly view?: ReplayView;
  /** Prioritised replay: β in [0, 1] of the importance weights (N p)^−β. Default 1. */
  readonly correction?: number;
}

/** A batch, in buffers that the next draw of the same size overwrites. */
export interface ReplayBatch {
  /** float32 [T, B, F], or [G, T, B, F] where `batches` was given. */
  readonly rows: HostTensor;
  /** Importance weights, float32 of the same shape without F: 1 where rows are drawn uniformly. */
  readonly weights: HostTensor;
  /** Which row each is, counted through all tasks; for `setPriorities`. */
  readonly indices: Int32Array;
  /** Task of each row. */
  readonly tasks: Int32Array;
}

/** What learners draw batches from: a replay of transitions, or of trajectories. */
export interface ReplaySource {
  readonly layout: FieldLayout;
  /** Sub-buffers, one per task. */
  readonly tasks: number;
  /** Rows held of a task. */
  size(task?: number): number;
  /**
   * Draws `count` rows of each task, with replacement.
   *
   * @throws `@tasklearn/rl:EMPTY_REPLAY` if a task has no row in the view.
   */
  sample(rng: Rng, count: number, options?: SampleOptions): ReplayBatch;
  /** Sets the priorities of rows. Without prioritised sampling it does nothing. */
  setPriorities(indices: Int32Array, priorities: ArrayLike<number>): void;
  /** Forgets everything. */
  clear(): void;
  /** Exact state. */
  save(): Tree<HostTensor>;
  /** Puts back exactly that state. @throws `SHAPE_MISMATCH` for the state of another replay. */
  restore(saved: Tree<HostTensor>): void;
}

/** What a replay is made of. */
export interface ReplayOptions {
  /** Rows kept of each task. */
  readonly capacity: number;
  /** Numbers of each field, e.g. `{ observation: 3, action: 1, reward: 1, next: 3, discount: 1 }`. */
  readonly fields: Readonly<Record<string, number>>;
  /** Sub-buffers. Default 1. */
  readonly tasks?: number;
  /**
   * What a full buffer does: `ring`, the default, drops the oldest; `reservoir` keeps a uniform sample of all that was
   * ever added; `first-come` keeps what it has.
   */
  readonly allocation?: 'ring' | 'reservoir' | 'first-come';
  /** Prioritised sampling with probabilities p^α: α, 0 is uniform. Default: uniform without a tree. */
  readonly priorityExponent?: number;
  /** Field of size 1 that marks rows for the views `success` and `balanced`: set where > 0.5. */
  readonly mark?: string;
  /** Decides what a reservoir keeps. */
  readonly rng?: Rng;
}

/** Transitions, task by task. */
export interface Replay extends ReplaySource {
  /** Rows kept of each task. */
  readonly capacity: number;
  /** Rows ever added to a task. */
  added(task?: number): number;
  /**
   * Adds rows by field. A new row has the largest priority so far.
   *
   * @param values - [n * size] of every field.
   * @throws `SHAPE_MISMATCH` for a missing field or numbers that make no whole rows.
   */
  add(values: Readonly<Record<string, ArrayLike<number>>>, task?: number): void;
  /** Adds rows as they are, [n * F]. */
  addRows(rows: Float32Array, task?: number): void;
  /** One row of a task, 0 ≤ index < size; a copy. */
  row(index: number, task?: number): Float32Array;
}
