import type { Checkpoint } from '../checkpoint/checkpoint.js';
import type { Json } from '../registry/plugin.js';
import type { HostTensor } from '../tree/tree.js';

/** Typed arrays that a plain state may hold. */
type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array;

const kindOf = (value: Numbers) =>
  ({ Float32Array: 'f', Float64Array: 'd', Int32Array: 'i', Uint8Array: 'b' })[value.constructor.name] as
    | 'f'
    | 'd'
    | 'i'
    | 'b';

const isNumbers = (value: unknown): value is Numbers =>
  value instanceof Float32Array ||
  value instanceof Float64Array ||
  value instanceof Int32Array ||
  value instanceof Uint8Array;

const plainTypes: ReadonlySet<string> = new Set(['undefined', 'boolean', 'string', 'number']);

/** Visits everything in a plain value; false as soon as something in it is not plain. */
function walk(value: unknown, visit: (numbers: Numbers) => void, above: Set<unknown> = new Set()): boolean {
  if (value === null || plainTypes.has(typeof value)) return true;
  if (typeof value !== 'object' || above.has(value)) return false;
  if (isNumbers(value)) {
    visit(value);
    return true;
  }
  const prototype = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false;
  above.add(value);
  const plain = Object.values(value).every((each) => walk(each, visit, above));
  above.delete(value);
  return plain;
}

/**
 * Bytes of the numbers in a state; arrays that occur twice count once.
 *
 * @param state - plain data: objects, arrays, typed arrays, numbers, texts, booleans, null and undefined.
 * @returns undefined where something in it is not plain data, such as a tensor on a device or an instance of a class.
 */
export function stateBytes(state: unknown): number | undefined {
  const met = new Set<Numbers>();
  if (!walk(state, (numbers) => met.add(numbers))) return undefined;
  return [...met].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Values that JSON lacks, by name. */
const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-0': -0,
};

function nameOf(value: number): string | undefined {
  return Object.keys(special).find((name) => Object.is(special[name], value));
}

/** The structure of a plain value as JSON: arrays with a letter for whatever is no JSON of its own. */
function structureOf(value: unknown, place: (numbers: Numbers) => Json): Json {
  if (value === undefined) return ['u'];
  if (typeof value === 'number') {
    const name = nameOf(value);
    return name === undefined ? value : ['n', name];
  }
  if (typeof value !== 'object' || value === null) return value as Json;
  if (isNumbers(value)) return place(value);
  if (Array.isArray(value)) return ['a', Array.from(value, (each) => structureOf(each, place))];
  return [
    'o',
    Object.fromEntries(Object.entries(value).map(([key, each]) => [key, structureOf(each, place)])),
  ];
}

/** The bits of typed arrays, each from its place on. */
function gather(places: ReadonlyMap<Numbers, number>, length: number): Int32Array {
  const bytes = new Uint8Array(length);
  for (const [{ buffer, byteOffset, byteLength }, start] of places)
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), start);
  return new Int32Array(bytes.buffer);
}

/**
 * A plain state as what a checkpoint holds: its numbers as one tensor of bits, its structure as JSON. The numbers are bit for bit
 * those that {@link unpackState} gives back.
 *
 * @param state - plain data: objects, arrays, typed arrays, numbers, texts, booleans, null and undefined.
 * @returns undefined where something in it is not plain data.
 *
 * @example
 * ```ts
 * import { packState, unpackState } from '@tasklearn/core';
 *
 * const packed = packState({ theta: Float32Array.of(1, 2), best: Infinity, names: ['a', undefined] });
 * packed && unpackState(packed); // => { theta: Float32Array.of(1, 2), best: Infinity, names: ['a', undefined] }
 * ```
 */
export function packState(state: unknown): Checkpoint | undefined {
  const places = new Map<Numbers, number>();
  let end = 0;
  const plain = walk(state, (numbers) => {
    if (places.has(numbers)) return;
    places.set(numbers, end);
    end += Math.ceil(numbers.byteLength / 8) * 8;
  });
  if (!plain) return undefined;
  const data = gather(places, end);
  const structure = structureOf(state, (numbers) => [
    kindOf(numbers),
    places.get(numbers) as number,
    numbers.length,
  ]);
  return {
    tensors: { bits: { dtype: 'int32', shape: [data.length], data } },
    metadata: structure,
  };
}

/** The inverse of {@link packState}. */
export function unpackState({ tensors, metadata }: Checkpoint): unknown {
  const { data } = (tensors as { readonly bits: HostTensor }).bits;
  const made = new Map<string, Numbers>();
  const numbersAt = (kind: string, start: number, length: number): Numbers => {
    const key = `${kind} ${start} ${length}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const types = { f: Float32Array, d: Float64Array, i: Int32Array, b: Uint8Array } as const;
    const type = types[kind as keyof typeof types];
    const from = data.byteOffset + start;
    const numbers = new type(data.buffer.slice(from, from + length * type.BYTES_PER_ELEMENT) as ArrayBuffer);
    made.set(key, numbers);
    return numbers;
  };
  const read = (node: Json): unknown => {
    if (!Array.isArray(node)) return node;
    const [letter, first, second] = node as [string, Json, Json];
    if (letter === 'u') return undefined;
    if (letter === 'n') return special[first as string];
    if (letter === 'a') return (first as Json[]).map(read);
    if (letter === 'o')
      return Object.fromEntries(
        Object.entries(first as { [key: string]: Json }).map(([key, each]) => [key, read(each)]),
      );
    return numbersAt(letter, first as number, second as number);
  };
  return read(metadata);
}
