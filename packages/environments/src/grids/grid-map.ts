import { TasklearnError } from '@tasklearn/core';

/** A plane of cells, some of them walls; the edge is a wall. Free cells are numbered row by row. */
export interface GridMap {
  readonly width: number;
  readonly height: number;
  /** Number of each place's cell, -1 for walls, [width * height]. */
  readonly cellAt: Int32Array;
  /** Column of each cell, from the left. */
  readonly columns: Int32Array;
  /** Row of each cell, from the top. */
  readonly rows: Int32Array;
}

/** Steps up, right, down, left, and none. */
export const DIRECTIONS: readonly (readonly [number, number])[] = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, 0],
];

/**
 * A map out of lines of text: `#` is a wall, anything else is free.
 *
 * @throws `INVALID_OPTION` for lines of different lengths, or no free cell.
 */
export function gridMap(lines: readonly string[]): GridMap {
  const width = lines[0]?.length ?? 0;
  if (width === 0 || lines.some((line) => line.length !== width) || lines.every((line) => /^#*$/.test(line)))
    throw new TasklearnError('INVALID_OPTION', 'gridMap: expected lines of one length with a free cell.', {
      key: 'lines',
      received: lines,
    });
  const cellAt = new Int32Array(width * lines.length).fill(-1);
  const columns: number[] = [];
  const rows: number[] = [];
  for (const [row, line] of lines.entries())
    for (let column = 0; column < width; column += 1) {
      if (line[column] === '#') continue;
      cellAt[row * width + column] = columns.length;
      columns.push(column);
      rows.push(row);
    }
  return {
    width,
    height: lines.length,
    cellAt,
    columns: Int32Array.from(columns),
    rows: Int32Array.from(rows),
  };
}

/** The cell at a place, -1 for walls and outside. */
export function cellOf({ width, height, cellAt }: GridMap, column: number, row: number): number {
  if (column < 0 || row < 0 || column >= width || row >= height) return -1;
  return cellAt[row * width + column] as number;
}

/** Where each step leads from each cell, [cells * steps]: into a wall, nowhere. The first `steps` of `DIRECTIONS`. */
export function gridMoves(map: GridMap, steps: number): Int32Array {
  const moves = new Int32Array(map.columns.length * steps);
  for (const [cell, column] of map.columns.entries())
    for (const [step, [right, down]] of DIRECTIONS.slice(0, steps).entries()) {
      const next = cellOf(map, column + right, (map.rows[cell] as number) + down);
      moves[cell * steps + step] = next < 0 ? cell : next;
    }
  return moves;
}

/** Steps from each cell to the nearest of `targets`, -1 where there is no way; breadth first. */
export function gridDistances(map: GridMap, targets: readonly number[]): Int32Array {
  const moves = gridMoves(map, 4);
  const distances = new Int32Array(map.columns.length).fill(-1);
  const queue = [...targets];
  for (const target of targets) distances[target] = 0;
  for (let head = 0; head < queue.length; head += 1) {
    const cell = queue[head] as number;
    for (let step = 0; step < 4; step += 1) {
      const next = moves[cell * 4 + step] as number; // Moves can be undone, so distances are symmetric.
      if (distances[next] !== -1) continue;
      distances[next] = (distances[cell] as number) + 1;
      queue.push(next);
    }
  }
  return distances;
}
