import { TasklearnError } from '../errors.js';
import type { DataType } from '../tree/tree.js';
import { sizeOf } from '../tree/tree-spec.js';

/** Where one tensor's bytes lie, counted from the end of the header. */
export interface TensorPlace {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The header's own key for free-form text. */
export const METADATA_KEY = '__metadata__';

const CODES: { readonly [dtype in DataType]: string } = { float32: 'F32', int32: 'I32', bool: 'BOOL' };
const DTYPES = new Map(Object.entries(CODES).map(([dtype, code]) => [code, dtype as DataType]));

/** Bytes per element. */
export function widthOf(dtype: DataType): number {
  return dtype === 'bool' ? 1 : 4;
}

/** A `CORRUPT_FILE` error. */
export function corrupt(reason: string, details: Readonly<Record<string, unknown>> = {}): TasklearnError {
  return new TasklearnError(
    'CORRUPT_FILE',
    `decodeCheckpoint: expected a .safetensors file, but ${reason}. Restore the file from a copy, or delete it to start anew.`,
    { reason, ...details },
  );
}

/** The header as JSON text. */
export function writeHeader(
  places: readonly TensorPlace[],
  metadata: Readonly<Record<string, string>>,
): string {
  const tensors = places.map(
    ({ name, dtype, shape, start, end }) =>
      [name, { dtype: CODES[dtype], shape, data_offsets: [start, end] }] as const,
  );
  return JSON.stringify(Object.fromEntries([[METADATA_KEY, metadata], ...tensors]));
}

/**
 * Reads and checks a header: places must lie within the data, fit their shapes, and cover the data without gap
 * or overlap.
 *
 * @throws `CORRUPT_FILE`.
 */
export function readHeader(
  text: string,
  dataLength: number,
): { readonly places: readonly TensorPlace[]; readonly metadata: Readonly<Record<string, unknown>> } {
  const header = parseObject(text, 'its header');
  const { [METADATA_KEY]: metadata = {}, ...tensors } = header;
  const places = Object.entries(tensors).map(([name, entry]) => readPlace(name, entry));
  const ordered = [...places].sort((a, b) => a.start - b.start || a.end - b.end);
  let next = 0;
  for (const { name, start, end } of ordered) {
    if (start !== next)
      throw corrupt(`the bytes of tensor '${name}' start at ${start}, not at ${next}`, { tensor: name });
    next = end;
  }
  if (next !== dataLength)
    throw corrupt(`it has ${dataLength} bytes of data, not ${next}`, {
      expected: next,
      received: dataLength,
    });
  if (!isObject(metadata)) throw corrupt('its metadata is not an object');
  return { places, metadata };
}

/**
 * Parses JSON text that must be an object.
 *
 * @throws `CORRUPT_FILE`.
 */
export function parseObject(text: string, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw corrupt(`${what} is not JSON`, { cause });
  }
  if (!isObject(value)) throw corrupt(`${what} is not a JSON object`);
  return value;
}

function readPlace(name: string, entry: unknown): TensorPlace {
  const wrong = (reason: string) => corrupt(`tensor '${name}' has ${reason}`, { tensor: name });
  if (!isObject(entry)) throw wrong('no description');
  const dtype = DTYPES.get(entry.dtype as string);
  if (dtype === undefined)
    throw wrong(`the type ${String(entry.dtype)}, which is none of ${[...DTYPES.keys()].join(', ')}`);
  const { shape, data_offsets: offsets } = entry;
  if (!isCounts(shape)) throw wrong('a shape that is not a list of counts');
  if (!isCounts(offsets) || offsets.length !== 2) throw wrong('offsets that are not two counts');
  const [start, end] = offsets as [number, number];
  const size = sizeOf(shape) * widthOf(dtype);
  if (end - start !== size) throw wrong(`${end - start} bytes where its shape [${shape}] needs ${size}`);
  return { name, dtype, shape, start, end };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
