import { type PointReachLayout, pointReachLayouts } from './point-reach-options.js';
import type { Walls } from './walls.js';

/** Cells along a side of the box [−1, 1]²: walls lie between cells. */
const SIDE = 40;
const WIDTH = 2 / SIDE;
const CELLS = SIDE * SIDE;

/** The eight neighbours: straight ones first. */
const NEIGHBOURS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
] as const;

const cellAt = (value: number) => Math.min(SIDE - 1, Math.max(0, Math.floor((value + 1) / WIDTH)));
const centreOf = (cell: number) => -1 + (cell + 0.5) * WIDTH;

/** Whether a wall lies between the centres of two cells that share a side. */
function walled(walls: Walls, column: number, row: number, dx: number, dy: number): boolean {
  const [x, y] = [centreOf(column) + (dx * WIDTH) / 2, centreOf(row) + (dy * WIDTH) / 2]; // On the side between.
  for (let wall = 0; wall < walls.length; wall += 4) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = walls.subarray(wall, wall + 4);
    const across =
      dx !== 0 ? x0 === x1 && Math.abs(x - x0) < WIDTH / 4 : y0 === y1 && Math.abs(y - y0) < WIDTH / 4;
    const along =
      dx !== 0 ? y > Math.min(y0, y1) && y < Math.max(y0, y1) : x > Math.min(x0, x1) && x < Math.max(x0, x1);
    if (across && along) return true;
  }
  return false;
}

/** Neighbours of each cell that can be gone to, [CELLS * 8], −1 where not. Diagonals need both ways round them. */
function openNeighbours(walls: Walls): Int16Array {
  const open = new Int16Array(CELLS * 8).fill(-1);
  for (let cell = 0; cell < CELLS; cell += 1) {
    const [column, row] = [cell % SIDE, Math.floor(cell / SIDE)];
    const free = (x: number, y: number, dx: number, dy: number) =>
      x + dx >= 0 && x + dx < SIDE && y + dy >= 0 && y + dy < SIDE && !walled(walls, x, y, dx, dy);
    for (const [index, [dx, dy]] of NEIGHBOURS.entries()) {
      const straight = dx === 0 || dy === 0;
      const passable = straight
        ? free(column, row, dx, dy)
        : free(column, row, dx, 0) &&
          free(column, row, 0, dy) &&
          free(column + dx, row, 0, dy) &&
          free(column, row + dy, dx, 0);
      if (passable) open[cell * 8 + index] = cell + dy * SIDE + dx;
    }
  }
  return open;
}

/** Lengths of the shortest ways from all cells to one, by relaxation until nothing changes. */
function distancesTo(goal: number, open: Int16Array): Float64Array {
  const distance = new Float64Array(CELLS).fill(Number.POSITIVE_INFINITY);
  distance[goal] = 0;
  const waiting = [goal];
  for (let next = 0; next < waiting.length; next += 1) {
    const cell = waiting[next] as number;
    for (let index = 0; index < 8; index += 1) {
      const neighbour = open[cell * 8 + index] as number;
      if (neighbour < 0) continue;
      const through = (distance[cell] as number) + (index < 4 ? 1 : Math.SQRT2);
      if (through >= (distance[neighbour] as number) - 1e-9) continue;
      distance[neighbour] = through;
      waiting.push(neighbour);
    }
  }
  return distance;
}

/** The neighbour that is nearest to the goal, by its number, or −1 at the goal itself. */
function downhill(field: Float64Array, open: Int16Array, cell: number): number {
  let best = -1;
  let least = field[cell] as number;
  for (let index = 0; index < 8; index += 1) {
    const neighbour = open[cell * 8 + index] as number;
    if (neighbour < 0 || (field[neighbour] as number) >= least) continue;
    least = field[neighbour] as number;
    best = index;
  }
  return best;
}

/** A way: from where one is to where to head next. */
export type WayAround = (
  x: number,
  y: number,
  goalX: number,
  goalY: number,
) => readonly [x: number, y: number];

/** The shortest way among the walls of a layout, over a grid of 40 x 40 cells; straight where there are no walls. */
export function wayAround(layout: PointReachLayout): WayAround {
  const { walls } = pointReachLayouts[layout];
  if (walls.length === 0) return (_x, _y, goalX, goalY) => [goalX, goalY];
  const open = openNeighbours(walls);
  const fields = new Map<number, Float64Array>();
  return (x, y, goalX, goalY) => {
    const goal = cellAt(goalY) * SIDE + cellAt(goalX);
    const field = fields.get(goal) ?? distancesTo(goal, open);
    fields.set(goal, field);
    let cell = cellAt(y) * SIDE + cellAt(x);
    const first = downhill(field, open, cell);
    if (first >= 0) cell = open[cell * 8 + first] as number;
    // One more in the same direction leads through open cells only, wherever in its cell the point is.
    if (first >= 0 && downhill(field, open, cell) === first) cell = open[cell * 8 + first] as number;
    if (cell === goal) return [goalX, goalY];
    return [centreOf(cell % SIDE), centreOf(Math.floor(cell / SIDE))];
  };
}
