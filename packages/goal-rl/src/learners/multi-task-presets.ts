import { type ControlLearner, requireOneOf } from '@tasklearn/core';
import { type CreateBase, dqnBase, type SacBaseOptions, sacBase } from '../bases/base.js';
import { projectConflicting } from '../multi-task/project-conflicting.js';
import { type TaskRelabellingOptions, taskRelabelling } from '../relabelling/relabel-task-slot.js';
import type { GoalLearnerName } from './capabilities.js';
import type { GoalTaskState } from './goal-agent.js';
import { type GoalTrainingOptions, goalTrainingDefaults } from './goal-training-options.js';
import { preset } from './preset.js';

/** Options of all multi-task learners; JSON. */
export type MultiTaskOptions = GoalTrainingOptions &
  TaskRelabellingOptions & {
    /** What becomes of the tasks' gradients: their `mean`, or what is left of them after `projected` conflicts. */
    readonly gradients: 'mean' | 'projected';
  };

const multiTaskDefaults: MultiTaskOptions = {
  ...goalTrainingDefaults,
  replay: 'task',
  strategy: 'none',
  prioritised: false,
  smallestPriority: 0.01,
  endsAtReward: false,
  descriptor: null,
  gradients: 'mean',
};

function multiTask(name: GoalLearnerName, base: CreateBase, options: MultiTaskOptions) {
  const gradients = requireOneOf(name, options, 'gradients', ['mean', 'projected']);
  const slots = {
    base,
    relabel: taskRelabelling(name, options),
    ...(gradients === 'mean' ? {} : { combine: projectConflicting }),
  };
  return preset(name, slots, options);
}

/** Options of `multi-task-dqn`; JSON. */
export type MultiTaskDqnOptions = MultiTaskOptions & {
  /** Whether the online network chooses the action that the slow copy values. */
  readonly double: boolean;
};

/** A buffer for each task, no relabelling. */
export const multiTaskDqnDefaults: MultiTaskDqnOptions = { ...multiTaskDefaults, double: true };

/** One Q-network for finitely many tasks. @throws `INVALID_OPTION`. */
export function createMultiTaskDqn(
  options: Partial<MultiTaskDqnOptions> = {},
): ControlLearner<GoalTaskState> {
  const complete = { ...multiTaskDqnDefaults, ...options };
  return multiTask('multi-task-dqn', dqnBase(complete.double), complete);
}

/** Options of `multi-task-sac`; JSON. */
export type MultiTaskSacOptions = MultiTaskOptions & SacBaseOptions;

/** A buffer for each task, no relabelling, α tuned from 0.1. */
export const multiTaskSacDefaults: MultiTaskSacOptions = {
  ...multiTaskDefaults,
  explorationRate: 0,
  batchSize: 256,
  temperature: 0.1,
  automaticTemperature: true,
};

/** One soft actor-critic for finitely many tasks. @throws `INVALID_OPTION`. */
export function createMultiTaskSac(
  options: Partial<MultiTaskSacOptions> = {},
): ControlLearner<GoalTaskState> {
  const complete = { ...multiTaskSacDefaults, ...options };
  return multiTask('multi-task-sac', sacBase(complete), complete);
}
