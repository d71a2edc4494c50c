import type { Rng } from '@tasklearn/core';
import { DIRECTIONS, type GridMap, gridMap } from '../grids/grid-map.js';

/**
 * A random maze: rooms at even columns and rows, joined by a depth-first walk into a perfect maze (one way between any two
 * rooms), then `loops` of the walls that are left between rooms opened.
 *
 * @param size - cells across and down, odd, >= 3.
 */
export function generateMaze(size: number, loops: number, rng: Rng): GridMap {
  const open = new Array<boolean>(size * size).fill(false);
  const inside = (column: number, row: number) => column >= 0 && row >= 0 && column < size && row < size;
  const stack: [number, number][] = [[2 * rng.integer((size + 1) / 2), 2 * rng.integer((size + 1) / 2)]];
  open[(stack[0] as [number, number])[1] * size + (stack[0] as [number, number])[0]] = true;
  while (stack.length > 0) {
    const [column, row] = stack.at(-1) as [number, number];
    const ways = DIRECTIONS.slice(0, 4).filter(([right, down]) => {
      const [toColumn, toRow] = [column + 2 * right, row + 2 * down];
      return inside(toColumn, toRow) && !open[toRow * size + toColumn];
    });
    if (ways.length === 0) {
      stack.pop();
      continue;
    }
    const [right, down] = ways[rng.integer(ways.length)] as readonly [number, number];
    open[(row + down) * size + column + right] = true;
    open[(row + 2 * down) * size + column + 2 * right] = true;
    stack.push([column + 2 * right, row + 2 * down]);
  }
  openWalls(open, size, loops, rng);
  return gridMap(
    Array.from({ length: size }, (_, row) =>
      Array.from({ length: size }, (_, column) => (open[row * size + column] ? '.' : '#')).join(''),
    ),
  );
}

/** Opens walls between two rooms, each of which closes a loop. */
function openWalls(open: boolean[], size: number, loops: number, rng: Rng): void {
  const walls = Array.from(open.keys()).filter((place) => {
    const [column, row] = [place % size, Math.floor(place / size)];
    return !open[place] && (column + row) % 2 === 1;
  });
  for (const index of rng.permutation(walls.length).slice(0, loops)) open[walls[index] as number] = true;
}
