import { cellOf, DIRECTIONS, type GridMap } from '../grids/grid-map.js';

/** Rays of the first-person view. */
export const RAYS = 15;
/** Angle between the outermost rays. */
const FIELD = (2 * Math.PI) / 3;

/** Numbers of a view. */
export const viewSize = (view: 'local' | 'rays') => (view === 'local' ? 18 : 2 * RAYS);

/**
 * Distance from the middle of a cell to the first wall or goal in a direction, by going from border to border.
 *
 * @returns distance in cells, and whether the goal was hit: its cell shows as a block.
 */
export function castRay(
  map: GridMap,
  cell: number,
  angle: number,
  goal: number,
): { readonly distance: number; readonly hitsGoal: boolean } {
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  let column = map.columns[cell] as number;
  let row = map.rows[cell] as number;
  const [stepX, stepY] = [Math.sign(dx), Math.sign(dy)];
  const [perColumn, perRow] = [Math.abs(1 / dx), Math.abs(1 / dy)];
  let [toColumn, toRow] = [perColumn / 2, perRow / 2];
  for (;;) {
    const across = toColumn < toRow;
    const distance = across ? toColumn : toRow;
    if (across) {
      column += stepX;
      toColumn += perColumn;
    } else {
      row += stepY;
      toRow += perRow;
    }
    const entered = cellOf(map, column, row);
    if (entered < 0 || entered === goal) return { distance, hitsGoal: entered === goal && goal >= 0 };
  }
}

/** Writes the ray-cast view: 1 / (1 + distance) and goal (1) or wall (0) of each ray, from left to right. */
function writeRays(map: GridMap, cell: number, heading: number, goal: number, into: Float32Array): void {
  const ahead = (heading - 1) * (Math.PI / 2); // Heading 0 is up; rows grow downwards.
  for (let ray = 0; ray < RAYS; ray += 1) {
    const angle = ahead + (ray / (RAYS - 1) - 0.5) * FIELD;
    const { distance, hitsGoal } = castRay(map, cell, angle, goal);
    into[2 * ray] = 1 / (1 + distance);
    into[2 * ray + 1] = hitsGoal ? 1 : 0;
  }
}

/** Writes the 3 x 3 cells about the agent, turned so that ahead is up: walls, then the goal, row by row. */
function writeLocal(map: GridMap, cell: number, heading: number, goal: number, into: Float32Array): void {
  const [aheadX, aheadY] = DIRECTIONS[heading] as readonly [number, number];
  for (let index = 0; index < 9; index += 1) {
    const [right, ahead] = [(index % 3) - 1, 1 - Math.floor(index / 3)];
    const column = (map.columns[cell] as number) + ahead * aheadX - right * aheadY;
    const row = (map.rows[cell] as number) + ahead * aheadY + right * aheadX;
    const seen = cellOf(map, column, row);
    into[index] = seen < 0 ? 1 : 0;
    into[9 + index] = seen >= 0 && seen === goal ? 1 : 0;
  }
}

/** What is seen from each cell and heading, [cells * 4 * O]; headings are up, right, down, left. */
export function viewRows(map: GridMap, goal: number, view: 'local' | 'rays'): Float32Array {
  const size = viewSize(view);
  const rows = new Float32Array(map.columns.length * 4 * size);
  const write = view === 'local' ? writeLocal : writeRays;
  for (let state = 0; state < map.columns.length * 4; state += 1)
    write(map, state >> 2, state % 4, goal, rows.subarray(state * size, (state + 1) * size));
  return rows;
}
