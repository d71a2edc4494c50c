import { TasklearnError } from '@tasklearn/core';

/** The error for a member of a plan that does not fit the tasks or learners it is given with. */
export function invalidPlan(path: string, rule: string): TasklearnError {
  return new TasklearnError('INVALID_PLAN', `\`${path}\`: ${rule}`, { path });
}
