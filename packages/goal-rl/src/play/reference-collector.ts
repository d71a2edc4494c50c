import {
  type ControlDistribution,
  type ControlTask,
  type Rng,
  TasklearnError,
  type TimeSteps,
} from '@tasklearn/core';
import type { CollectOptions } from '../learners/collect-trajectories.js';

/**
 * Lets one of a distribution's reference policies collect episodes, one copy of each task.
 *
 * @throws `UNSUPPORTED_TASK` if there is none of that name.
 */
export function referenceCollector(
  owner: string,
  { id, references = {} }: ControlDistribution,
  reference: string,
  tasks: readonly ControlTask[],
  rng: Rng,
): Pick<CollectOptions, 'act' | 'observe'> {
  const make = references[reference];
  if (make === undefined) {
    const known = Object.keys(references);
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      `${owner}: ${id} has no reference policy \`${reference}\` to learn from. It has: ${known.join(', ') || 'none'}. Set \`reference\` to one of them.`,
      { distribution: id, reference, known },
    );
  }
  const policy = make(tasks, 1, rng);
  policy.beginEpisode?.(0);
  return {
    act: async (steps: TimeSteps) => policy.act(steps),
    observe: (actions, steps, active) => policy.observe?.(actions, steps, active),
  };
}
