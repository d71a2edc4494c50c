import type { TabularModel } from '@tasklearn/core';

/** The transitions of a model that have a probability above 0, row by row: row r = s · A + a has entries from `start[r]`. */
export interface Successors {
  /** [S * A + 1]. */
  readonly start: Int32Array;
  /** s′ of each entry. */
  readonly state: Int32Array;
  /** p(s′ | s, a) of each entry. */
  readonly probability: Float64Array;
}

/** A model's transitions without the zeros, which most of them are. */
export function successorsOf({ states, actions, transition }: TabularModel): Successors {
  const rows = states * actions;
  const start = new Int32Array(rows + 1);
  const state: number[] = [];
  const probability: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let next = 0; next < states; next += 1) {
      const p = transition[row * states + next] as number;
      if (p === 0) continue;
      state.push(next);
      probability.push(p);
    }
    start[row + 1] = state.length;
  }
  return { start, state: Int32Array.from(state), probability: Float64Array.from(probability) };
}
