import { type Rng, TasklearnError } from '@tasklearn/core';
import type { FieldLayout } from '../field-layout.js';
import type { Relabel } from './relabel.js';

/**
 * Copies of a trajectory's steps, relabelled, to be stored beside the original: the other way to apply a
 * {@link Relabel}, for replays that know no trajectories.
 *
 * @param rows - [L * F]; not changed.
 * @param relabel - with `probability: 1`, so that every copy is relabelled. It has this trajectory alone to take goals
 * from.
 * @param copies - k, copies of each step.
 * @returns [k * L * F].
 * @throws `INVALID_OPTION` if `copies` is no integer ≥ 0.
 */
export function relabelStored(
  layout: FieldLayout,
  rows: Float32Array,
  relabel: Relabel,
  copies: number,
  rng: Rng,
  task = 0,
): Float32Array {
  if (!Number.isInteger(copies) || copies < 0) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `relabelStored: copies must be an integer >= 0, got ${copies}.`,
      {
        key: 'copies',
        received: copies,
      },
    );
  }
  const length = rows.length / layout.size;
  const copied = new Float32Array(copies * rows.length);
  for (let copy = 0; copy < copies; copy += 1) copied.set(rows, copy * rows.length);
  const rowAt = (_slot: number, time: number) => rows.subarray(time * layout.size, (time + 1) * layout.size);
  relabel(
    {
      layout,
      rows: copied,
      tasks: new Int32Array(copies * length).fill(task),
      slots: new Int32Array(copies * length),
      times: Int32Array.from({ length: copies * length }, (_, item) => item % length),
      length: () => length,
      rowAt,
      episode: () => -1,
      anySlot: () => 0,
    },
    rng,
  );
  return copied;
}
