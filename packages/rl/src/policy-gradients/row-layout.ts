import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Where the fields of a packed row lie: one tensor crosses into a compiled step at the price of one. */
export interface RowLayout {
  /** Numbers per row, F. */
  readonly width: number;
  readonly fields: Readonly<Record<string, { readonly offset: number; readonly size: number }>>;
}

/** Fields side by side in the order given. */
export function rowLayout(sizes: Readonly<Record<string, number>>): RowLayout {
  let width = 0;
  const fields: Record<string, { offset: number; size: number }> = {};
  for (const [name, size] of Object.entries(sizes)) {
    fields[name] = { offset: width, size };
    width += size;
  }
  return { width, fields };
}

function fieldOf(layout: RowLayout, name: string) {
  const field = layout.fields[name];
  if (field !== undefined) return field;
  throw new TasklearnError('SHAPE_MISMATCH', `rowLayout: there is no field \`${name}\`.`, {
    name,
    found: Object.keys(layout.fields),
  });
}

/**
 * One field of rows [..., F] as [..., size]. Recordable.
 *
 * @throws `SHAPE_MISMATCH` for a field that the layout does not have.
 */
export function readColumn(rows: Tensor, layout: RowLayout, name: string): Tensor {
  const { offset, size } = fieldOf(layout, name);
  const lead = rows.shape.slice(0, -1);
  return tf.slice(rows, [...lead.map(() => 0), offset], [...lead, size]);
}

/**
 * Writes one field of N rows on the host.
 *
 * @param rows - [N * F], written to.
 * @param values - [N * size].
 * @throws `SHAPE_MISMATCH` for a field that the layout does not have.
 */
export function writeColumn(
  rows: Float32Array,
  layout: RowLayout,
  name: string,
  values: ArrayLike<number>,
): void {
  const { offset, size } = fieldOf(layout, name);
  const { width } = layout;
  for (let from = 0, to = offset; to < rows.length; to += width)
    for (let i = 0; i < size; i += 1, from += 1) rows[to + i] = values[from] as number;
}
