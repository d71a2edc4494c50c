import { requireInteger, requireOneOf, requirePositive } from '@tasklearn/core';
import type { GoalReward } from './goal-law.js';

/** Options that all goal-conditioned worlds have. */
export type GoalOptions = {
  /** `sparse`: 0 at the goal and −1 elsewhere; `dense`: minus the distance. */
  readonly reward: GoalReward;
  /** Steps of an episode; it goes on at the goal. */
  readonly horizon: number;
  /** Success within this distance. */
  readonly tolerance: number;
};

/** As in the robotics suite. */
export const goalDefaults: GoalOptions = { reward: 'sparse', horizon: 50, tolerance: 0.05 };

/** @throws `INVALID_OPTION` for a value out of range. */
export function checkGoalOptions(owner: string, options: GoalOptions): void {
  requireOneOf(owner, options, 'reward', ['sparse', 'dense']);
  requireInteger(owner, options, 'horizon');
  requirePositive(owner, options, 'tolerance');
}
