import type { ControlDistribution } from '@tasklearn/core';
import { gridDistribution } from './grid-distribution.js';
import { cellOf, gridMap } from './grid-map.js';
import type { GridOptions } from './grid-options.js';

/** A goal for each episode, anywhere; one step in ten slips. */
export const fourRoomsDefaults: GridOptions = {
  goal: 'episode',
  reward: 'sparse',
  endsAtGoal: true,
  start: 'uniform',
  observation: 'oneHot',
  slip: 0.1,
  stay: false,
  horizon: 50,
};

const WALLED_COLUMN = '.....#.....';
const DOOR_IN_COLUMN = '...........';
const WALLED_ROW = '##.#####.##';

/**
 * Four rooms in eleven by eleven cells: walls on row and column 5, with doors at (2, 5), (8, 5), (5, 2) and (5, 8).
 *
 * @throws `INVALID_OPTION`.
 * @see Sutton, Precup, Singh. Between MDPs and semi-MDPs. Artificial Intelligence, 1999.
 */
export function fourRooms(options: Partial<GridOptions> = {}): ControlDistribution {
  const lines = Array.from({ length: 11 }, (_, row) => {
    if (row === 5) return WALLED_ROW;
    return row === 2 || row === 8 ? DOOR_IN_COLUMN : WALLED_COLUMN;
  });
  const map = gridMap(lines);
  return gridDistribution(
    { id: '@tasklearn/environments/four-rooms', map, start: cellOf(map, 0, 0) },
    { ...fourRoomsDefaults, ...options },
  );
}
