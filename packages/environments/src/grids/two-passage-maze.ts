import type { ControlDistribution } from '@tasklearn/core';
import { gridDistribution } from './grid-distribution.js';
import { cellOf, gridMap } from './grid-map.js';
import type { GridOptions } from './grid-options.js';

/** Reward is nearness, as the crow flies. */
export const twoPassageMazeDefaults: GridOptions = {
  goal: 'task',
  reward: 'distance',
  endsAtGoal: true,
  start: 'fixed',
  observation: 'coordinates',
  slip: 0,
  stay: false,
  horizon: 40,
};

const LINES = [
  '.......#.', // The upper passage ends two cells before the goal, which is at the right.
  '.#######.',
  '.#######.', // The start is at the left.
  '.#######.',
  '.........', // The lower passage leads round to it.
] as const;

/**
 * A maze with two passages: the upper one leads straight towards the goal and is a dead end, the lower one leads round to it.
 * One task, whose goal is shown; or, with `goal: 'episode'`, goals anywhere.
 *
 * @throws `INVALID_OPTION`.
 */
export function twoPassageMaze(options: Partial<GridOptions> = {}): ControlDistribution {
  const map = gridMap(LINES);
  return gridDistribution(
    {
      id: '@tasklearn/environments/two-passage-maze',
      map,
      start: cellOf(map, 0, 2),
      goals: [cellOf(map, 8, 0)],
    },
    { ...twoPassageMazeDefaults, ...options },
  );
}
