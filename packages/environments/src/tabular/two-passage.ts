import { requireInteger, type TabularControlDistribution } from '@tasklearn/core';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { type FiniteWorld, finiteWorld } from './finite-world.js';
import { tabularDistribution } from './tabular-distribution.js';

/** Options of {@link twoPassage}. */
export type TwoPassageOptions = {
  /** Cells of each passage, >= 1. */
  readonly length: number;
  /** H, >= 1. */
  readonly horizon: number;
};

/** Passages of eight cells. */
export const twoPassageDefaults: TwoPassageOptions = { length: 8, horizon: 16 };

/** State 0 is the fork; 1 .. n the upper passage; n + 1 .. 2n the lower one. */
function twoPassageWorld(length: number): FiniteWorld {
  const potential = (state: number) => (state <= length ? state / length : (0.9 * (state - length)) / length);
  const moveFrom = (state: number, action: number) => {
    if (state === 0) return action === 0 ? 1 : length + 1;
    if (action === 1) return state === 1 || state === length + 1 ? 0 : state - 1;
    return state === length ? state : state + 1; // The upper passage is a dead end; the lower end is terminal.
  };
  const goal = 2 * length;
  return finiteWorld({
    states: 2 * length + 1,
    actions: 2,
    initial: 0,
    terminal: (state) => state === goal,
    success: (state) => state === goal,
    transitions: (state, action) => {
      const next = moveFrom(state, action);
      const reward = potential(next) - potential(state) + (next === goal ? 3 : 0);
      return [{ next, probability: 1, reward }];
    },
  });
}

/**
 * A fork into two passages. Reward is the gain in potential, which rises faster in the upper one; but that is a dead end,
 * and the lower one ends with a reward of 3. At the fork actions choose the passage (0 upper, 1 lower), elsewhere they go on
 * (0) or back (1). One task; who commits early to what looks better never finds the goal.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Haarnoja, Tang, Abbeel, Levine. Reinforcement Learning with Deep Energy-Based Policies. ICML 2017. arXiv:1702.08165.
 */
export function twoPassage(options: Partial<TwoPassageOptions> = {}): TabularControlDistribution {
  const complete = { ...twoPassageDefaults, ...options };
  const id = '@tasklearn/environments/two-passage';
  const length = requireInteger(id, complete, 'length');
  const horizon = requireInteger(id, complete, 'horizon');
  const world = twoPassageWorld(length);
  return tabularDistribution({
    id,
    varies: [],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    states: 2 * length + 1,
    actions: 2,
    horizon,
    hasSuccess: true,
    ...finiteTasks(id, 1, () => ({})),
    world: () => world,
  });
}
