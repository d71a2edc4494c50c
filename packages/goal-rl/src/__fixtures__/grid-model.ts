import type { TabularModel } from '@tasklearn/core';

/** Up, down, left, right, stay. */
const MOVES = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
  [0, 0],
] as const;

/**
 * A deterministic grid world drawn as rows of text: `#` is wall, `S` the start, anything else is free. Moves into
 * walls and over the edge do nothing. States are the free cells in reading order.
 */
export function gridModel(rows: readonly string[]): TabularModel {
  const cells: [number, number][] = [];
  const numberOf = new Map<string, number>();
  for (const [row, line] of rows.entries()) {
    for (const [column, mark] of [...line].entries()) {
      if (mark === '#') continue;
      numberOf.set(`${row},${column}`, cells.length);
      cells.push([row, column]);
    }
  }
  const [states, actions] = [cells.length, MOVES.length];
  const transition = new Float64Array(states * actions * states);
  const initial = new Float64Array(states);
  for (const [state, [row, column]] of cells.entries()) {
    if (rows[row]?.[column] === 'S') initial[state] = 1;
    for (const [action, [down, right]] of MOVES.entries()) {
      const next = numberOf.get(`${row + down},${column + right}`) ?? state;
      transition[(state * actions + action) * states + next] = 1;
    }
  }
  return {
    states,
    actions,
    initial,
    transition,
    reward: new Float64Array(transition.length),
    terminal: new Uint8Array(states),
  };
}

/** An empty square whose start is its centre; `size` is odd. */
export function squareModel(size: number): TabularModel {
  const middle = (size - 1) / 2;
  const line = '.'.repeat(size);
  return gridModel(
    Array.from({ length: size }, (_, row) =>
      row === middle ? `${'.'.repeat(middle)}S${'.'.repeat(middle)}` : line,
    ),
  );
}
