import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Where one field lies in a row. */
export interface FieldPlace {
  /** Index of its first number. */
  readonly offset: number;
  /** Its numbers, ≥ 1. */
  readonly size: number;
}

/** How the fields of one transition lie in a row of F numbers: in the order in which they were named. */
export interface FieldLayout {
  /** Place of each field by name. */
  readonly fields: Readonly<Record<string, FieldPlace>>;
  /** Numbers in a row, F. */
  readonly size: number;
}

/**
 * Lays fields out in a row. A replay keeps whole rows, so that drawing a transition is one copy and a batch is one
 * tensor.
 *
 * @param fields - numbers of each field, integers ≥ 1.
 * @throws `INVALID_OPTION` for a size that is no integer ≥ 1, or no field at all.
 *
 * @example
 * ```ts
 * import { fieldLayout } from '@tasklearn/rl';
 *
 * fieldLayout({ observation: 3, action: 1 }); // => { fields: { observation: { offset: 0, size: 3 }, action: { offset: 3, size: 1 } }, size: 4 }
 * ```
 */
export function fieldLayout(fields: Readonly<Record<string, number>>): FieldLayout {
  const places: Record<string, FieldPlace> = {};
  let offset = 0;
  for (const [name, size] of Object.entries(fields)) {
    if (!Number.isInteger(size) || size < 1) {
      throw new TasklearnError(
        'INVALID_OPTION',
        `fieldLayout: field \`${name}\` must have an integer >= 1 of numbers, got ${size}.`,
        { key: name, received: size },
      );
    }
    places[name] = { offset, size };
    offset += size;
  }
  if (offset === 0) {
    throw new TasklearnError('INVALID_OPTION', 'fieldLayout: a row needs at least one field.', {});
  }
  return { fields: places, size: offset };
}

/** The place of a field. @throws `INVALID_OPTION` if the layout has none of that name. */
export function placeOf(layout: FieldLayout, name: string): FieldPlace {
  const place = layout.fields[name];
  if (place !== undefined) return place;
  throw new TasklearnError(
    'INVALID_OPTION',
    `replay: no field \`${name}\`. Fields: ${Object.keys(layout.fields).join(', ')}.`,
    { key: name, known: Object.keys(layout.fields) },
  );
}

/**
 * Copies one field out of `count` rows.
 *
 * @param rows - [count * F].
 * @returns [count * size].
 */
export function readField(
  layout: FieldLayout,
  rows: Float32Array,
  name: string,
  count = rows.length / layout.size,
): Float32Array {
  const { offset, size } = placeOf(layout, name);
  const values = new Float32Array(count * size);
  for (let row = 0; row < count; row += 1) {
    const start = row * layout.size + offset;
    for (let index = 0; index < size; index += 1) values[row * size + index] = rows[start + index] as number;
  }
  return values;
}

/**
 * Writes one field into `count` rows.
 *
 * @param values - [count * size], one field's numbers per row.
 */
export function writeField(
  layout: FieldLayout,
  rows: Float32Array,
  name: string,
  values: ArrayLike<number>,
  count = rows.length / layout.size,
): void {
  const { offset, size } = placeOf(layout, name);
  if (values.length < count * size) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `replay: field \`${name}\` of ${count} rows needs ${count * size} numbers, got ${values.length}.`,
      { field: name, expected: count * size, received: values.length },
    );
  }
  for (let row = 0; row < count; row += 1) {
    const start = row * layout.size + offset;
    for (let index = 0; index < size; index += 1) rows[start + index] = values[row * size + index] as number;
  }
}

/**
 * The fields of a batch inside a recordable function: slices of its last axis.
 *
 * @param rows - [..., F].
 * @returns each field, [..., size], or [...] for the fields named in `scalars`.
 */
export function unpackFields<const Names extends string>(
  rows: Tensor,
  layout: FieldLayout,
  scalars: readonly string[] = ['reward', 'discount'],
): Readonly<Record<Names, Tensor>> {
  const lead = rows.shape.slice(0, -1);
  const unpacked = Object.entries(layout.fields).map(([name, { offset, size }]) => {
    const begin = [...lead.map(() => 0), offset];
    const part = tf.slice(rows, begin, [...lead, size]); // [..., size]
    return [name, scalars.includes(name) ? part.reshape(lead) : part] as const;
  });
  return Object.fromEntries(unpacked) as Record<Names, Tensor>;
}
