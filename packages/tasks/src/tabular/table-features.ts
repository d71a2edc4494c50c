import type { Column, Table } from './decode-table.js';

/** How a table becomes vectors. */
export interface FeatureOptions {
  /** Columns that are no feature: targets, and what gives them away. */
  readonly without: readonly string[];
  /** Columns of numbers of which log(1 + x) is taken first, because a few are huge. */
  readonly logarithms?: readonly string[];
  /** Columns of numbers that are kept as they are (0/1 codes). */
  readonly asTheyAre?: readonly string[];
}

/** Features of every row. */
export interface Features {
  /** D. */
  readonly size: number;
  /** Names of the D numbers, e.g. `age` or `education=Masters`. */
  readonly names: readonly string[];
  /** [rows * D]. */
  readonly values: Float32Array;
}

/** The numbers that a column becomes. */
interface Encoding {
  readonly names: readonly string[];
  /** Writes them for all rows; a row's numbers begin at `row * stride + offset`. */
  write(into: Float32Array, stride: number, offset: number): void;
}

/** Numbers under a transform, to mean 0 and deviation 1 over the rows given. */
function scaled({ name, values }: Column, rows: Int32Array, transform: (value: number) => number): Encoding {
  let sum = 0;
  let squares = 0;
  for (const row of rows) {
    const value = transform(values[row] as number);
    sum += value;
    squares += value * value;
  }
  const mean = sum / rows.length;
  const deviation = Math.sqrt(Math.max(squares / rows.length - mean * mean, 0)) || 1;
  return {
    names: [name],
    write(into, stride, offset) {
      for (let row = 0; row < values.length; row += 1)
        into[row * stride + offset] = (transform(values[row] as number) - mean) / deviation;
    },
  };
}

/** One 0/1 number per category. */
function coded({ name, values }: Column, categories: readonly string[]): Encoding {
  return {
    names: categories.map((category) => `${name}=${category}`),
    write(into, stride, offset) {
      for (let row = 0; row < values.length; row += 1)
        into[row * stride + offset + (values[row] as number)] = 1;
    },
  };
}

function asItIs({ name, values }: Column): Encoding {
  return {
    names: [name],
    write(into, stride, offset) {
      for (let row = 0; row < values.length; row += 1) into[row * stride + offset] = values[row] as number;
    },
  };
}

function encodingOf(column: Column, rows: Int32Array, options: FeatureOptions): Encoding {
  const { logarithms = [], asTheyAre = [] } = options;
  if (column.categories !== undefined) return coded(column, column.categories);
  if (asTheyAre.includes(column.name)) return asItIs(column);
  return scaled(column, rows, logarithms.includes(column.name) ? Math.log1p : (value) => value);
}

/**
 * Vectors from a table: numbers scaled by their mean and deviation over the training rows, categories as 0/1 codes.
 *
 * @param trainingRows - what the scales are taken from, so that nothing of a test row is in them.
 */
export function tableFeatures(table: Table, trainingRows: Int32Array, options: FeatureOptions): Features {
  const used = table.columns.filter(({ name }) => !options.without.includes(name));
  const encodings = used.map((column) => encodingOf(column, trainingRows, options));
  const names = encodings.flatMap((encoding) => encoding.names);
  const values = new Float32Array(table.rows * names.length);
  let offset = 0;
  for (const encoding of encodings) {
    encoding.write(values, names.length, offset);
    offset += encoding.names.length;
  }
  return { size: names.length, names, values };
}
