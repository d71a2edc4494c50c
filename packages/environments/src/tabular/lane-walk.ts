import { requireInRange, requireInteger, type TabularControlDistribution } from '@tasklearn/core';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { finiteWorld } from './finite-world.js';
import { tabularDistribution } from './tabular-distribution.js';

/** Options of {@link laneWalk}. */
export type LaneWalkOptions = {
  /** H, >= 1. */
  readonly horizon: number;
  /** Chance that a step that should end on the lane slips off it, in [0, 1]. */
  readonly slip: number;
};

/** A lane on which one step in a hundred slips. */
export const laneWalkDefaults: LaneWalkOptions = { horizon: 100, slip: 0.01 };

/**
 * Two states, on the lane (0) and off it (1); action 0 keeps to the lane, action 1 steers: it leads off the lane from on it
 * and back from off it. Each step that ends off the lane costs 1. An expert that never slips shows nobody what to do off the
 * lane, so that its imitators' cost grows with the square of the horizon. One task.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Ross, Gordon, Bagnell. A Reduction of Imitation Learning and Structured Prediction to No-Regret Online Learning.
 *   AISTATS 2011. arXiv:1011.0686.
 */
export function laneWalk(options: Partial<LaneWalkOptions> = {}): TabularControlDistribution {
  const complete = { ...laneWalkDefaults, ...options };
  const id = '@tasklearn/environments/lane-walk';
  const horizon = requireInteger(id, complete, 'horizon');
  const slip = requireInRange(id, complete, 'slip', 0, 1);
  const world = finiteWorld({
    states: 2,
    actions: 2,
    initial: 0,
    transitions: (state, action) => {
      const steered = action === 1 ? 1 - state : state;
      const off = steered === 1 ? 1 : slip;
      return [
        { next: 0, probability: 1 - off, reward: 0 },
        { next: 1, probability: off, reward: -1 },
      ];
    },
  });
  return tabularDistribution({
    id,
    varies: [],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    states: 2,
    actions: 2,
    horizon,
    hasSuccess: false,
    ...finiteTasks(id, 1, () => ({})),
    world: () => world,
  });
}
