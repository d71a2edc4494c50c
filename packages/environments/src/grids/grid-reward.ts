import type { GridMap } from './grid-map.js';
import type { GridOptions } from './grid-options.js';

/** The law of reward of arriving in a cell, for a goal; 0 where there is none (-1). */
export function gridReward(
  { width, height, columns, rows }: GridMap,
  kind: GridOptions['reward'],
): (cell: number, goal: number) => number {
  if (kind === 'sparse') return (cell, goal) => (goal >= 0 && cell === goal ? 1 : 0);
  if (kind === 'penalty') return (cell, goal) => (goal < 0 || cell === goal ? 0 : -1);
  const side = Math.max(width, height);
  return (cell, goal) => {
    if (goal < 0) return 0;
    const right = (columns[cell] as number) - (columns[goal] as number);
    const down = (rows[cell] as number) - (rows[goal] as number);
    return -Math.sqrt(right * right + down * down) / side;
  };
}
