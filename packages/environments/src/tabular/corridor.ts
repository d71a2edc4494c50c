import { requireInteger, requireOneOf, type TabularControlDistribution } from '@tasklearn/core';
import { finiteTasks } from '../tasks/finite-tasks.js';
import { type FiniteWorld, finiteWorld } from './finite-world.js';
import { tabularDistribution } from './tabular-distribution.js';

/** Options of {@link corridor}. */
export type CorridorOptions = {
  /** Cells, >= 2. */
  readonly length: number;
  /** Where an episode begins. */
  readonly start: 'first' | 'uniform';
  /** H, >= 1. */
  readonly horizon: number;
  /** Episodes of a trial, all of which count, >= 1. */
  readonly episodes: number;
};

/** Three cells; trials of three short episodes. */
export const corridorDefaults: CorridorOptions = { length: 3, start: 'first', horizon: 4, episodes: 3 };

/** State: cell, plus `length` where the last step hit a wall. */
function corridorWorld(length: number, start: CorridorOptions['start'], goal: number): FiniteWorld {
  const initial = Float64Array.from({ length: 2 * length }, (_, state) =>
    start === 'first' ? (state === 0 ? 1 : 0) : state < length ? 1 / length : 0,
  );
  return finiteWorld({
    states: 2 * length,
    actions: 2,
    initial,
    success: (state) => state % length === goal,
    transitions: (state, action) => {
      const to = (state % length) + (action === 0 ? -1 : 1);
      const bumps = to < 0 || to >= length;
      const cell = bumps ? state % length : to;
      return [{ next: cell + (bumps ? length : 0), probability: 1, reward: cell === goal ? 1 : 0 }];
    },
  });
}

/**
 * A corridor of cells, one of which, the task, pays 1 at the end of each step that is spent there. Actions are left (0) and
 * right (1); a step into a wall stays, and is felt. Observation: cell one-hot, and 1 after a bump. The smallest problem in
 * which a reward of 0 says something. All splits have all tasks; hide the cell with `maskObservation` to hide the location too.
 *
 * @throws `INVALID_OPTION`.
 */
export function corridor(options: Partial<CorridorOptions> = {}): TabularControlDistribution {
  const complete = { ...corridorDefaults, ...options };
  const id = '@tasklearn/environments/corridor';
  const length = requireInteger(id, complete, 'length', 2);
  const start = requireOneOf(id, complete, 'start', ['first', 'uniform']);
  const rows = new Float32Array(2 * length * (length + 1));
  for (let state = 0; state < 2 * length; state += 1) {
    rows[state * (length + 1) + (state % length)] = 1;
    rows[state * (length + 1) + length] = state >= length ? 1 : 0;
  }
  return tabularDistribution({
    id,
    varies: ['reward'],
    trial: { explorationEpisodes: 0, executionEpisodes: requireInteger(id, complete, 'episodes') },
    states: 2 * length,
    actions: 2,
    horizon: requireInteger(id, complete, 'horizon'),
    hasSuccess: true,
    observations: rows,
    ...finiteTasks(id, length, (goal) => ({ goal }), true),
    world: ({ parameters }) => corridorWorld(length, start, parameters.goal as number),
  });
}
