import { requireInRange, requireInteger, requireOneOf } from '@tasklearn/core';

/** What all grid worlds can be told. */
export type GridOptions = {
  /**
   * `hidden`: a cell that differs between tasks is to be found; `task`: the same, but shown; `episode`: a goal is drawn for each
   * episode and shown; `none`: there is neither goal nor reward.
   */
  readonly goal: 'hidden' | 'task' | 'episode' | 'none';
  /**
   * `sparse`: 1 at the goal, else 0; `penalty`: 0 at the goal, else -1; `distance`: minus the straight distance to the goal
   * over the longer side.
   */
  readonly reward: 'sparse' | 'penalty' | 'distance';
  /** Whether an episode ends at the goal. */
  readonly endsAtGoal: boolean;
  /** Where episodes begin: at the world's own start, or anywhere. */
  readonly start: 'fixed' | 'uniform';
  /** Cells one-hot, or column and row in [-1, 1]. */
  readonly observation: 'oneHot' | 'coordinates';
  /** Chance that a step goes in a direction drawn at random, the intended one among them; in [0, 1]. */
  readonly slip: number;
  /** Whether there is a fifth action, to stay. */
  readonly stay: boolean;
  /** H, >= 1. */
  readonly horizon: number;
};

/** @throws `INVALID_OPTION`. */
export function requireGridOptions(id: string, options: GridOptions): void {
  requireOneOf(id, options, 'goal', ['hidden', 'task', 'episode', 'none']);
  requireOneOf(id, options, 'reward', ['sparse', 'penalty', 'distance']);
  requireOneOf(id, options, 'start', ['fixed', 'uniform']);
  requireOneOf(id, options, 'observation', ['oneHot', 'coordinates']);
  requireInRange(id, options, 'slip', 0, 1);
  requireInteger(id, options, 'horizon');
}
