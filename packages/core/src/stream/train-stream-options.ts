import type { CheckpointStore } from '../checkpoint/checkpoint.js';
import type { Executor } from '../executor.js';
import { requireInteger } from '../options/require-option.js';
import type { Json } from '../registry/plugin.js';
import type { StreamDistribution, StreamLearner } from './stream-learner.js';

/** How parameters are chosen on validation lifetimes while meta-training. */
export interface StreamValidationOptions {
  /** Unless told, the training distribution; its `validation` split is used. */
  readonly distribution?: StreamDistribution;
  /** Lifetimes per validation, the same ones every time. */
  readonly lifetimes: number;
  /** Updates between validations. The last update is always followed by one. */
  readonly every: number;
}

/** What {@link trainStream} needs. */
export interface TrainStreamOptions {
  readonly learner: StreamLearner;
  /** Lifetimes of its `train` split are learned from. */
  readonly distribution: StreamDistribution;
  readonly executor: Executor;
  /** Fixes every random number of the run. */
  readonly seed: number | string;
  /** Updates in total, those before a resume included; none are made for a learner that is not meta-trained. */
  readonly updates: number;
  /** Where state is kept; if it holds a checkpoint of this run, training goes on from there. */
  readonly store?: CheckpointStore;
  /** Updates between checkpoints. Unless told, one at the end, or when stopped. */
  readonly checkpointEvery?: number;
  readonly validation?: StreamValidationOptions;
  /** Stops after the update under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Updates between `update` events; 1 unless told. */
  readonly logEvery?: number;
  /** What makes this run this run (learner id, options); a checkpoint with another identity is refused. */
  readonly identity?: Json;
}

/** @throws `INVALID_OPTION` for a number out of range. */
export function validateTrainStreamOptions(options: TrainStreamOptions): void {
  const owner = 'trainStream';
  const { updates, checkpointEvery = 1, logEvery = 1, validation } = options;
  requireInteger(owner, { updates }, 'updates', 0);
  requireInteger(owner, { checkpointEvery }, 'checkpointEvery');
  requireInteger(owner, { logEvery }, 'logEvery');
  if (validation === undefined) return;
  const { every, lifetimes } = validation;
  requireInteger(`${owner}: validation`, { every }, 'every');
  requireInteger(`${owner}: validation`, { lifetimes }, 'lifetimes');
}
