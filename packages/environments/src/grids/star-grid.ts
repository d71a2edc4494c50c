import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import { gridDistribution } from './grid-distribution.js';
import { cellOf, gridMap } from './grid-map.js';
import type { GridOptions } from './grid-options.js';

/** Options of {@link starGrid}. */
export type StarGridOptions = GridOptions & {
  /** Cells of each of the three halls, >= 1. */
  readonly hall: number;
};

/** Thirteen cells and nothing to reach: a world to be covered. */
export const starGridDefaults: StarGridOptions = {
  goal: 'none',
  reward: 'sparse',
  endsAtGoal: true,
  start: 'fixed',
  observation: 'oneHot',
  slip: 0,
  stay: true,
  horizon: 12,
  hall: 4,
};

/**
 * Three halls that meet at the start: to the left, to the right, and up. No short walk sees more than one of their ends.
 *
 * @throws `INVALID_OPTION`.
 * @see Lee, Eysenbach, Parisotto, Xing, Levine, Salakhutdinov. Efficient Exploration via State Marginal Matching. 2019.
 *   arXiv:1906.05274.
 */
export function starGrid(options: Partial<StarGridOptions> = {}): ControlDistribution {
  const complete = { ...starGridDefaults, ...options };
  const id = '@tasklearn/environments/star-grid';
  const hall = requireInteger(id, complete, 'hall');
  const wall = '#'.repeat(hall);
  const map = gridMap([...new Array<string>(hall).fill(`${wall}.${wall}`), '.'.repeat(2 * hall + 1)]);
  return gridDistribution({ id, map, start: cellOf(map, hall, hall) }, complete);
}
