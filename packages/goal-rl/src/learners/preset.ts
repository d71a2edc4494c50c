import { type ControlLearner, requireControlTask } from '@tasklearn/core';
import { capabilitiesOf, type GoalLearnerName } from './capabilities.js';
import type { GoalTaskState } from './goal-agent.js';
import { goalLearner } from './goal-learner.js';
import type { GoalSlots } from './goal-slots.js';
import { type GoalTrainingOptions, goalTrainingDefaults } from './goal-training-options.js';

/** A composed learner that refuses what its preset does not declare. */
export function preset(name: GoalLearnerName, slots: Omit<GoalSlots, 'name'>, options: GoalTrainingOptions) {
  const learner = goalLearner({ name, ...slots }, trainingOf(options));
  const refusing: ControlLearner<GoalTaskState> = {
    ...learner,
    async openTraining(context, saved) {
      requireControlTask(name, capabilitiesOf(name), context.distribution);
      return learner.openTraining(context, saved);
    },
  };
  return refusing;
}

/** The options of training among those of a preset. */
function trainingOf(options: GoalTrainingOptions): GoalTrainingOptions {
  const keys = Object.keys(goalTrainingDefaults) as (keyof GoalTrainingOptions)[];
  return Object.fromEntries(keys.map((key) => [key, options[key]])) as unknown as GoalTrainingOptions;
}
