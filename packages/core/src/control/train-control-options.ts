import type { CheckpointStore } from '../checkpoint/checkpoint.js';
import { TasklearnError } from '../errors.js';
import type { Executor } from '../executor.js';
import { requireInteger, requireOneOf, requirePositive } from '../options/require-option.js';
import type { Json } from '../registry/plugin.js';
import type { ControlDistribution, TrialProtocol } from './control-distribution.js';
import type { ControlLearner } from './control-learner.js';

/** When training ends: as soon as one of these is used up, after the update under way. At least one is set. */
export interface ControlBudget {
  /** Outer updates in total, those before a resume included. */
  readonly updates?: number;
  /** Environment steps in total, exploration and planning in a simulator included. */
  readonly environmentSteps?: number;
  /** Seconds spent in updates in total; validation and checkpoints do not count. Two runs end at different updates. */
  readonly seconds?: number;
}

/** How parameters are chosen on validation tasks while training. */
export interface ControlValidationOptions {
  /** Unless told, the training distribution; its `validation` split is used. */
  readonly distribution?: ControlDistribution;
  /** Unless told, the trial of the training. */
  readonly trial?: TrialProtocol;
  /** Tasks per validation, one trial each, the same ones every time. */
  readonly tasks: number;
  /** Trials in lock-step; all of them unless told. */
  readonly tasksPerBatch?: number;
  /** Updates, or environment steps, between validations. The last update is always followed by one. */
  readonly every: number;
  /** What `every` counts; `updates` unless told. */
  readonly unit?: 'updates' | 'environmentSteps';
}

/** What {@link trainControl} needs. */
export interface TrainControlOptions {
  readonly learner: ControlLearner;
  /** Its `train` split is learned from. */
  readonly distribution: ControlDistribution;
  /** The trial in which agents will be tested; unless told, the distribution's. */
  readonly trial?: TrialProtocol;
  readonly executor: Executor;
  /** Fixes every random number of the run. */
  readonly seed: number | string;
  readonly budget: ControlBudget;
  /** Where state is kept; if it holds a checkpoint of this run, training goes on from there. */
  readonly store?: CheckpointStore;
  /** Updates between checkpoints. Unless told, one at the end, or when stopped. */
  readonly checkpointEvery?: number;
  readonly validation?: ControlValidationOptions;
  /** Stops after the update under way, and its validation where one is due, with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Updates between `update` events; 1 unless told. */
  readonly logEvery?: number;
  /** What makes this run this run (learner id, options); a checkpoint with another identity is refused. */
  readonly identity?: Json;
}

/** @throws `INVALID_OPTION` for a number out of range or a budget without end. */
export function validateTrainControlOptions(options: TrainControlOptions): void {
  const owner = 'trainControl';
  const { checkpointEvery = 1, logEvery = 1, validation, trial, budget } = options;
  const { updates = 1, environmentSteps = 1, seconds = 1 } = budget;
  if (Object.values(budget).every((limit) => limit === undefined)) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `${owner}: expected a budget of updates, environmentSteps or seconds, got none. Training would never end.`,
      { key: 'budget' },
    );
  }
  requireInteger(`${owner}: budget`, { updates }, 'updates', 0);
  requireInteger(`${owner}: budget`, { environmentSteps }, 'environmentSteps');
  requirePositive(`${owner}: budget`, { seconds }, 'seconds');
  requireInteger(owner, { checkpointEvery }, 'checkpointEvery');
  requireInteger(owner, { logEvery }, 'logEvery');
  if (trial !== undefined) validateTrial(owner, trial);
  if (validation === undefined) return;
  const { tasks, every, tasksPerBatch = 1, unit = 'updates' } = validation;
  requireInteger(`${owner}: validation`, { tasks }, 'tasks');
  requireInteger(`${owner}: validation`, { every }, 'every');
  requireInteger(`${owner}: validation`, { tasksPerBatch }, 'tasksPerBatch');
  requireOneOf(`${owner}: validation`, { unit }, 'unit', ['updates', 'environmentSteps']);
  if (validation.trial !== undefined) validateTrial(`${owner}: validation`, validation.trial);
}

/** @throws `INVALID_OPTION` for a trial without episodes that count. */
export function validateTrial(owner: string, trial: TrialProtocol): void {
  requireInteger(`${owner}: trial`, trial, 'explorationEpisodes', 0);
  requireInteger(`${owner}: trial`, trial, 'executionEpisodes');
}
