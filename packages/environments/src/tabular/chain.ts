import { requireInRange, requireInteger, type TabularControlDistribution } from '@tasklearn/core';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { type FiniteWorld, finiteWorld } from './finite-world.js';
import { tabularDistribution } from './tabular-distribution.js';

/** Options of {@link chain}. */
export type ChainOptions = {
  /** S, >= 2. */
  readonly length: number;
  /** H, >= 1. */
  readonly horizon: number;
  /** Chance that a step goes the other way, in [0, 1]. */
  readonly slip: number;
  /** Reward of each step into state 0, a lure; the far end pays 1. */
  readonly lure: number;
  /** Actions change nothing: every step goes right with chance 1 - slip. Nothing can be controlled there. */
  readonly actionIndependent: boolean;
};

/** Ten states, with just enough steps to reach the end. */
export const chainDefaults: ChainOptions = {
  length: 10,
  horizon: 12,
  slip: 0,
  lure: 0.01,
  actionIndependent: false,
};

function chainWorld({ length, slip, lure, actionIndependent }: ChainOptions): FiniteWorld {
  const clip = (state: number) => Math.min(length - 1, Math.max(0, state));
  const rewardAt = (state: number) => (state === length - 1 ? 1 : state === 0 ? lure : 0);
  return finiteWorld({
    states: length,
    actions: 2,
    initial: 0,
    success: (state) => state === length - 1,
    transitions: (state, action) => {
      const towards = actionIndependent || action === 1 ? 1 : -1;
      const ahead = clip(state + towards);
      const behind = clip(state - towards);
      return [
        { next: ahead, probability: 1 - slip, reward: rewardAt(ahead) },
        { next: behind, probability: slip, reward: rewardAt(behind) },
      ];
    },
  });
}

/**
 * A chain of states with a small reward at the near end, where episodes begin, and a reward of 1 at the far one: who takes
 * random steps hardly ever finds it. Actions are left (0) and right (1); one task. With `actionIndependent` it is the
 * world without control, whose empowerment is 0.
 *
 * @throws `INVALID_OPTION`.
 */
export function chain(options: Partial<ChainOptions> = {}): TabularControlDistribution {
  const complete = { ...chainDefaults, ...options };
  const id = '@tasklearn/environments/chain';
  requireInteger(id, complete, 'length', 2);
  requireInteger(id, complete, 'horizon');
  requireInRange(id, complete, 'slip', 0, 1);
  requireInRange(id, complete, 'lure', -1, 1);
  const world = chainWorld(complete);
  return tabularDistribution({
    id,
    varies: [],
    trial: { explorationEpisodes: 0, executionEpisodes: 1 },
    states: complete.length,
    actions: 2,
    horizon: complete.horizon,
    hasSuccess: true,
    ...finiteTasks(id, 1, () => ({})),
    world: () => world,
  });
}
