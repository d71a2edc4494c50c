import type { ControlLearner } from '@tasklearn/core';
import { type GoalTaskState, openGoalAgent } from './goal-agent.js';
import type { GoalSlots } from './goal-slots.js';
import { openGoalTraining } from './goal-training.js';
import {
  type GoalTrainingOptions,
  goalTrainingDefaults,
  validateGoalTraining,
} from './goal-training-options.js';

/**
 * One learner from interchangeable parts: a base learner that sees z, where z comes from, what is rewarded, and how
 * experience is relabelled.
 *
 * ```text
 * repeat
 *   z ~ proposer for each episode; collect E episodes with the current policy, some noise on it
 *   store them by task, as they are or as trajectories of other tasks
 *   let the reward model see them (density of states)
 *   G gradient steps on batches drawn from all tasks alike, relabelled and rewarded as they are drawn
 *   move the slow copies
 * ```
 *
 * Hindsight experience replay is a base learner with goals relabelled; goal-conditioned imitation a cloned policy with
 * goals from later in the trajectory; skill discovery a z told apart by a discriminator that is the reward;
 * state marginal matching a density as reward and the mixture as output.
 *
 * @throws `INVALID_OPTION` for a number out of range.
 */
export function goalLearner(
  slots: GoalSlots,
  options: Partial<GoalTrainingOptions> = {},
): ControlLearner<GoalTaskState> {
  const complete = { ...goalTrainingDefaults, ...options };
  validateGoalTraining(slots.name, complete);
  return {
    kind: 'control',
    openTraining: (context, saved) => openGoalTraining(slots, complete, context, saved),
    openAgent: (parameters, context) => openGoalAgent(slots, complete, parameters, context),
  };
}
