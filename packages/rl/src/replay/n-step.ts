import { requireInteger } from '@tasklearn/core';
import { type FieldLayout, placeOf } from './field-layout.js';

/** Turns rows of single steps into rows of n steps, copy by copy. */
export interface NStepAccumulator {
  /**
   * Takes one step of each active copy and gives the rows that are now complete.
   *
   * @param rows - [E * F].
   * @param ended - 1 where the step ended its episode, [E].
   * @returns rows [m * F] and the copy of each, [m].
   */
  push(
    rows: Float32Array,
    ended: Uint8Array,
    active?: Uint8Array,
  ): { readonly rows: Float32Array; readonly copies: Int32Array };
  /** Steps that wait, oldest first, per copy; for checkpoints. */
  save(): readonly Float32Array[];
  /** Goes on from what `save` gave. */
  restore(saved: readonly Float32Array[]): void;
}

/**
 * n-step returns: the row of step t becomes (o_t, a_t, Σ_{k<m} γ^k r_{t+k}, o_{t+m}, γ^{m−1} d_{t+m}), with m = n, or
 * fewer steps where the episode ends sooner. The factor γ^{m−1} in `discount` makes r + γ · discount · V(next) the right
 * target whatever m is.
 *
 * @param layout - with the fields `reward`, `next` and `discount`.
 * @param discount - γ in [0, 1].
 * @throws `INVALID_OPTION` if n is no integer ≥ 1.
 *
 * @see Sutton, Barto. Reinforcement Learning: An Introduction. Second edition, 2018, section 7.1.
 */
export function createNStepAccumulator(
  layout: FieldLayout,
  n: number,
  discount: number,
  copies: number,
): NStepAccumulator {
  requireInteger('createNStepAccumulator', { n }, 'n');
  let waiting: Float32Array[][] = Array.from({ length: copies }, () => []);
  const emitOldest = (queue: Float32Array[]) => {
    const merged = mergeSteps(layout, queue.slice(0, n), discount);
    queue.shift();
    return merged;
  };
  return {
    push(rows, ended, active) {
      const emitted: Float32Array[] = [];
      const from: number[] = [];
      for (let copy = 0; copy < copies; copy += 1) {
        if (active !== undefined && active[copy] === 0) continue;
        const queue = waiting[copy] as Float32Array[];
        queue.push(rows.slice(copy * layout.size, (copy + 1) * layout.size));
        while (queue.length >= n || (ended[copy] === 1 && queue.length > 0)) {
          emitted.push(emitOldest(queue));
          from.push(copy);
        }
      }
      return { rows: joined(emitted), copies: Int32Array.from(from) };
    },
    save: () => waiting.map(joined),
    restore(saved) {
      const { size } = layout;
      waiting = saved.map((rows) =>
        Array.from({ length: rows.length / size }, (_, row) => rows.slice(row * size, (row + 1) * size)),
      );
    },
  };
}

function mergeSteps(layout: FieldLayout, steps: readonly Float32Array[], gamma: number): Float32Array {
  const [reward, next, factor] = ['reward', 'next', 'discount'].map((name) => placeOf(layout, name));
  const merged = (steps[0] as Float32Array).slice();
  const last = steps[steps.length - 1] as Float32Array;
  const at = (reward as { offset: number }).offset;
  merged[at] = steps.reduce((sum, step, index) => sum + gamma ** index * (step[at] as number), 0);
  const { offset, size } = next as { offset: number; size: number };
  merged.set(last.subarray(offset, offset + size), offset);
  const place = (factor as { offset: number }).offset;
  merged[place] = gamma ** (steps.length - 1) * (last[place] as number);
  return merged;
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0));
  let offset = 0;
  for (const row of rows) {
    all.set(row, offset);
    offset += row.length;
  }
  return all;
}
