import { type ControlDistribution, createRng, requireInRange, requireInteger } from '@tasklearn/core';
import { gridDistribution } from './grid-distribution.js';
import { cellOf, type GridMap, gridDistances, gridMap } from './grid-map.js';
import type { GridOptions } from './grid-options.js';

/** Options of {@link gridWorld}. */
export type GridWorldOptions = GridOptions & {
  /** Cells across and down, >= 2. */
  readonly size: number;
  /** Share of cells that are walls, in [0, 0.5]; cells that can be reached stay connected. */
  readonly walls: number;
  /** Decides where walls are. */
  readonly layout: number;
};

/** Seven by seven without walls; the goal is hidden; episodes begin in the middle. */
export const gridWorldDefaults: GridWorldOptions = {
  goal: 'hidden',
  reward: 'sparse',
  endsAtGoal: true,
  start: 'fixed',
  observation: 'oneHot',
  slip: 0,
  stay: false,
  horizon: 20,
  size: 7,
  walls: 0,
  layout: 0,
};

/** Turns cells into walls, in random order, wherever all other free cells can still be reached. */
function walledMap({ size, walls, layout }: GridWorldOptions): GridMap {
  const centre = (size >> 1) * size + (size >> 1);
  const free = new Array<boolean>(size * size).fill(true);
  const mapOf = () =>
    gridMap(
      Array.from({ length: size }, (_, row) =>
        free
          .slice(row * size, (row + 1) * size)
          .map((open) => (open ? '.' : '#'))
          .join(''),
      ),
    );
  let left = Math.floor(walls * size * size);
  for (const place of createRng('grid walls')
    .split(layout)
    .permutation(size * size)) {
    if (left === 0) break;
    if (place === centre) continue;
    free[place] = false;
    if (gridDistances(mapOf(), [0]).includes(-1)) free[place] = true;
    else left -= 1;
  }
  return mapOf();
}

/**
 * A square grid, with walls where wanted.
 *
 * @throws `INVALID_OPTION`.
 */
export function gridWorld(options: Partial<GridWorldOptions> = {}): ControlDistribution {
  const complete = { ...gridWorldDefaults, ...options };
  const id = '@tasklearn/environments/grid-world';
  const size = requireInteger(id, complete, 'size', 2);
  requireInRange(id, complete, 'walls', 0, 0.5);
  requireInteger(id, complete, 'layout', 0);
  const map = walledMap(complete);
  return gridDistribution({ id, map, start: cellOf(map, size >> 1, size >> 1) }, complete);
}
