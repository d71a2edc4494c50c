import { TasklearnError } from '@tasklearn/core';

const constructors = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** A column as a table's JSON file describes it. */
export interface ColumnDescription {
  readonly name: string;
  readonly type: keyof typeof constructors;
  /** Where its values begin, in bytes. */
  readonly offset: number;
  /** Names that the values are indices of. */
  readonly categories?: readonly string[];
  /** The real value is the stored one over this. */
  readonly divideBy?: number;
}

/** A table's JSON file. */
export interface TableDescription {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly ColumnDescription[];
  /** The category that stands for a value that is missing. */
  readonly missing?: string;
}

/** One column. */
export interface Column {
  readonly name: string;
  /** Numbers, or indices of categories, [rows]. */
  readonly values: Float64Array;
  readonly categories?: readonly string[];
}

/** A table in memory. */
export interface Table {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** @throws `INVALID_OPTION` for a name that is not there. */
  column(name: string): Column;
}

function corrupt(name: string, expected: string, received: unknown): TasklearnError {
  return new TasklearnError(
    'CORRUPT_FILE',
    `decodeTable: ${name}: expected ${expected}, got ${received}. Fetch the files again.`,
    { name, expected, received },
  );
}

/**
 * Decodes a table: little-endian columns one after another, described by JSON.
 *
 * @param bytes - unpacked.
 * @throws `CORRUPT_FILE` if a column does not fit into the bytes or is of an unknown type.
 */
export function decodeTable(description: TableDescription, bytes: Uint8Array): Table {
  const { name, rows } = description;
  const columns = description.columns.map((column): Column => {
    const Values = constructors[column.type];
    if (Values === undefined) throw corrupt(name, `a type among ${Object.keys(constructors)}`, column.type);
    const end = column.offset + rows * Values.BYTES_PER_ELEMENT;
    if (end > bytes.length) throw corrupt(name, `at least ${end} bytes for '${column.name}'`, bytes.length);
    // A copy, because the bytes of a file need not begin at a multiple of the element size; `slice` of Node's Buffer makes none.
    const stored = new Values(Uint8Array.from(bytes.subarray(column.offset, end)).buffer);
    const { categories, divideBy = 1 } = column;
    const values = Float64Array.from(stored as ArrayLike<number>, (value) => value / divideBy);
    return { name: column.name, values, ...(categories === undefined ? {} : { categories }) };
  });
  const byName = new Map(columns.map((column) => [column.name, column]));
  return {
    name,
    rows,
    columns,
    column(wanted) {
      const found = byName.get(wanted);
      if (found !== undefined) return found;
      throw new TasklearnError(
        'INVALID_OPTION',
        `${name}: there is no column '${wanted}' but ${[...byName.keys()].join(', ')}.`,
        { key: 'column', received: wanted },
      );
    },
  };
}
