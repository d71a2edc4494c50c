import type { GridMap } from '../grids/grid-map.js';
import { colourOf, disc, path, picture, rectangle } from './svg.js';

/** What to draw over a grid; all places are cells. */
export interface GridPicture {
  /** Where episodes begin, or -1. */
  readonly start: number;
  /** One per path, or one for all; -1 for none. */
  readonly goals: readonly number[];
  /** One line each. */
  readonly paths: readonly (readonly number[])[];
  /** A cell to mark, for one moment of an episode. */
  readonly at?: number;
}

const CELL = 20;

/** The grid with its walls, start (a ring), goals (squares) and paths (lines, each a little aside from the others). */
export function drawGrid(map: GridMap, { start, goals, paths, at }: GridPicture): string {
  const centreOf = (cell: number): readonly [number, number] => [
    ((map.columns[cell] as number) + 1) * CELL,
    ((map.rows[cell] as number) + 1) * CELL,
  ];
  const parts: string[] = [
    rectangle(
      CELL / 2,
      CELL / 2,
      map.width * CELL,
      map.height * CELL,
      'fill="none" stroke="currentColor" stroke-width="2"',
    ),
  ];
  for (const [place, cell] of map.cellAt.entries()) {
    const [x, y] = [(place % map.width) + 0.5, Math.floor(place / map.width) + 0.5];
    const look =
      cell < 0
        ? 'fill="currentColor" opacity="0.55"'
        : 'fill="none" stroke="currentColor" stroke-width="0.4" opacity="0.4"';
    parts.push(rectangle(x * CELL, y * CELL, CELL, CELL, look));
  }
  if (start >= 0)
    parts.push(disc(...centreOf(start), 6, 'fill="none" stroke="currentColor" stroke-width="1.5"'));
  for (const [index, goal] of goals.entries()) {
    if (goal < 0) continue;
    const [x, y] = centreOf(goal);
    const colour = goals.length === 1 ? colourOf(2) : colourOf(index);
    parts.push(rectangle(x - 6, y - 6, 12, 12, `fill="${colour}" fill-opacity="0.7"`));
  }
  for (const [index, cells] of paths.entries()) {
    const aside = paths.length === 1 ? 0 : ((index / (paths.length - 1)) * 2 - 1) * 4;
    const points = cells.map(centreOf).map(([x, y]): readonly [number, number] => [x + aside, y + aside]);
    parts.push(path(points, `stroke="${colourOf(index)}" stroke-width="1.8"`));
    const [x, y] = points.at(-1) as readonly [number, number];
    parts.push(disc(x, y, 3, `fill="${colourOf(index)}"`));
  }
  if (at !== undefined) parts.push(disc(...centreOf(at), 6, `fill="${colourOf(1)}"`));
  return picture((map.width + 1) * CELL, (map.height + 1) * CELL, 'Paths in a grid', parts);
}
