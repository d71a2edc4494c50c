import type { CheckpointStore } from '../checkpoint/checkpoint.js';
import { TasklearnError } from '../errors.js';
import type { Executor } from '../executor.js';
import type { EpisodicLearner } from '../learner.js';
import { requireInteger } from '../options/require-option.js';
import type { Json } from '../registry/plugin.js';
import type { EpisodicDistribution } from '../task-distribution.js';
import { isMetaTrained } from './meta-step.js';

/** How θ is chosen on validation episodes while training. */
export interface ValidationOptions {
  /** Unless told, the training distribution; its `validation` split is used. Its spec may differ in ways and shots. */
  readonly distribution?: EpisodicDistribution;
  /** Episodes per validation, the same ones every time. */
  readonly episodes: number;
  /** Updates between validations. The last update is always followed by one. */
  readonly every: number;
  /** Episodes adapted to at once; all of them unless told. */
  readonly tasksPerBatch?: number;
}

/** What {@link metaTrain} needs. */
export interface MetaTrainOptions {
  readonly learner: EpisodicLearner;
  /** Its `train` split is learned from. */
  readonly distribution: EpisodicDistribution;
  readonly executor: Executor;
  /** Fixes every random number of the run. */
  readonly seed: number | string;
  /** Outer updates in total, those before a resume included. */
  readonly updates: number;
  /** Episodes per update, T. */
  readonly tasksPerUpdate: number;
  /** Where state is kept; if it holds a checkpoint of this run, training goes on from there. */
  readonly store?: CheckpointStore;
  /** Updates between checkpoints. Unless told, one at the end, or when stopped. */
  readonly checkpointEvery?: number;
  readonly validation?: ValidationOptions;
  /** Stops after the update under way, and its validation where one is due, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Updates between `update` events; 1 unless told. */
  readonly logEvery?: number;
  /** What makes this run this run (learner id, options); a checkpoint with another identity is refused. */
  readonly identity?: Json;
}

/** @throws `INVALID_OPTION` for a count out of range, `INVALID_PLUGIN` for a learner that cannot be trained. */
export function validateMetaTrainOptions(options: MetaTrainOptions): void {
  const owner = 'metaTrain';
  const { updates, tasksPerUpdate, checkpointEvery = 1, logEvery = 1, validation, learner } = options;
  requireInteger(owner, { updates }, 'updates', 0);
  requireInteger(owner, { tasksPerUpdate }, 'tasksPerUpdate');
  requireInteger(owner, { checkpointEvery }, 'checkpointEvery');
  requireInteger(owner, { logEvery }, 'logEvery');
  if (validation !== undefined) {
    const { episodes, every, tasksPerBatch = 1 } = validation;
    requireInteger(`${owner}: validation`, { episodes }, 'episodes');
    requireInteger(`${owner}: validation`, { every }, 'every');
    requireInteger(`${owner}: validation`, { tasksPerBatch }, 'tasksPerBatch');
  }
  if (isMetaTrained(learner) && learner.optimizer === undefined) {
    throw new TasklearnError(
      'INVALID_PLUGIN',
      'metaTrain: the learner has an outer loss or gradient and no `optimizer` to apply it with. Add one.',
      { path: 'optimizer' },
    );
  }
}
