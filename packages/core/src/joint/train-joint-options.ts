import type { CheckpointStore } from '../checkpoint/checkpoint.js';
import type { Executor } from '../executor.js';
import { requireInteger } from '../options/require-option.js';
import type { Json } from '../registry/plugin.js';
import type { JointDistribution, JointLearner } from './joint-learner.js';
import type { JointSamplerOptions } from './joint-sampler.js';

/** What {@link trainJoint} needs; how batches are drawn is that of the sampler. */
export interface TrainJointOptions
  extends Pick<JointSamplerOptions, 'batchSize' | 'tasksPerBatch' | 'sampling'> {
  readonly learner: JointLearner;
  /** Its `train` split is learned from. */
  readonly distribution: JointDistribution;
  readonly executor: Executor;
  /** Fixes every random number of the run. */
  readonly seed: number | string;
  /** Updates in total, those before a resume included. */
  readonly updates: number;
  /** Where state is kept; if it holds a checkpoint of this run, training goes on from there. */
  readonly store?: CheckpointStore;
  /** Updates between checkpoints. Unless told, one at the end, or when stopped. */
  readonly checkpointEvery?: number;
  /** θ is chosen by the mean over tasks of the loss on the validation split. Absent: the last θ. */
  readonly validation?: {
    /** Updates between validations. The last update is always followed by one. */
    readonly every: number;
    /** Items per task at most; all of them unless told. */
    readonly items?: number;
  };
  /** Stops after the update under way, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Updates between `update` events; 1 unless told. */
  readonly logEvery?: number;
  /** What makes this run this run (learner id, options); a checkpoint with another identity is refused. */
  readonly identity?: Json;
}

/** @throws `INVALID_OPTION` for a number out of range. */
export function validateTrainJointOptions(options: TrainJointOptions): void {
  const owner = 'trainJoint';
  const { updates, checkpointEvery = 1, logEvery = 1, validation } = options;
  requireInteger(owner, { updates }, 'updates', 0);
  requireInteger(owner, { checkpointEvery }, 'checkpointEvery');
  requireInteger(owner, { logEvery }, 'logEvery');
  if (validation === undefined) return;
  const { every, items = 1 } = validation;
  requireInteger(`${owner}: validation`, { every }, 'every');
  requireInteger(`${owner}: validation`, { items }, 'items');
}
