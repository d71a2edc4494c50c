import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type HostTensor,
  type Json,
  memoryCheckpointStore,
  type Tree,
} from '../index.js';

const float = (shape: number[], data: number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});
const flag: HostTensor = { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) };
const count: HostTensor = { dtype: 'int32', shape: [], data: Int32Array.of(-7) };
const tensors = { flag, theta: { weight: float([2, 2], [1, 2, 3, 4]), list: [float([0], []), count] } };
const metadata = { update: 3, note: 'naïve “text”', nested: [1, null, { a: false }] };
const bytes = encodeCheckpoint({ tensors, metadata });

/** A file by hand. */
function file(header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const whole = new Uint8Array(8 + text.length + data.length);
  new DataView(whole.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  whole.set(text, 8);
  whole.set(data, 8 + text.length);
  return whole;
}

const corrupt = (reason: RegExp) =>
  expect.objectContaining({
    code: 'CORRUPT_FILE',
    details: expect.objectContaining({ reason: expect.stringMatching(reason) }),
  });

describe('encodeCheckpoint', () => {
  it('lays the file out as the format says', () => {
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const text = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(text).toMatch(/^\{.*\} *$/);
    const { __metadata__: texts, ...entries } = JSON.parse(text);
    expect(entries).toEqual({
      'theta/list/0': { dtype: 'F32', shape: [0], data_offsets: [0, 0] },
      'theta/list/1': { dtype: 'I32', shape: [], data_offsets: [0, 4] },
      'theta/weight': { dtype: 'F32', shape: [2, 2], data_offsets: [4, 20] },
      flag: { dtype: 'BOOL', shape: [3], data_offsets: [20, 23] },
    });
    expect(Object.values(texts).every((value) => typeof value === 'string')).toBe(true);
    expect(bytes.length).toBe(8 + length + 23);
    expect([...bytes.subarray(8 + length, 12 + length)]).toEqual([0xf9, 0xff, 0xff, 0xff]); // −7, little-endian
  });

  it('refuses leaves whose paths collide and data that do not fill their shape', () => {
    const encode = (tree: Tree<HostTensor>) => () => encodeCheckpoint({ tensors: tree, metadata: null });
    const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
    expect(encode({ 'a/b': count, a: { b: count } })).toThrow(invalid);
    expect(encode({ __metadata__: count })).toThrow(invalid);
    expect(encode({ a: float([3], [1, 2]) })).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

describe('decodeCheckpoint', () => {
  it('gives back what was encoded', () => {
    expect(decodeCheckpoint(bytes)).toEqual({ tensors, metadata });
    expect(decodeCheckpoint(encodeCheckpoint({ tensors: {}, metadata: null }))).toEqual({
      tensors: {},
      metadata: null,
    });
    expect(decodeCheckpoint(encodeCheckpoint({ tensors: count, metadata: 1 }))).toEqual({
      tensors: count,
      metadata: 1,
    });
  });

  it('gives back any values bit for bit, NaN and infinities too', () => {
    const words = fc.uint32Array({ maxLength: 20 });
    const key = fc
      .string({ minLength: 1, maxLength: 4 })
      .filter((name) => !name.includes('/') && name !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(key, words, { maxKeys: 4 }), fc.jsonValue(), (values, json) => {
        const tree = Object.fromEntries(
          Object.entries(values).map(([name, data]) => [
            name,
            { dtype: 'float32' as const, shape: [data.length], data: new Float32Array(data.slice().buffer) },
          ]),
        );
        const expected = JSON.parse(JSON.stringify(json)) as Json;
        const decoded = decodeCheckpoint(encodeCheckpoint({ tensors: tree, metadata: expected }));
        expect(decoded.metadata).toEqual(expected);
        for (const [name, data] of Object.entries(values)) {
          const back = (decoded.tensors as Record<string, HostTensor>)[name] as HostTensor;
          expect([...new Uint32Array(back.data.buffer)]).toEqual([...data]);
        }
      }),
    );
  });

  it('reads from the middle of a buffer and shares no memory with it', () => {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const decoded = decodeCheckpoint(shifted.subarray(3));
    shifted.fill(0);
    expect(decoded).toEqual({ tensors, metadata });
  });

  it('reads files of other programs as trees by name', () => {
    const header = {
      'layer/weight': { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      'layer/bias': { dtype: 'I32', shape: [1], data_offsets: [4, 8] },
      scale: { dtype: 'BOOL', shape: [], data_offsets: [8, 9] },
      __metadata__: { format: 'pt' },
    };
    expect(decodeCheckpoint(file(header, Uint8Array.of(0, 0, 128, 63, 5, 0, 0, 0, 1)))).toEqual({
      tensors: {
        layer: { weight: float([1], [1]), bias: { dtype: 'int32', shape: [1], data: Int32Array.of(5) } },
        scale: { dtype: 'bool', shape: [], data: Uint8Array.of(1) },
      },
      metadata: { format: 'pt' },
    });
    expect(decodeCheckpoint(file({}))).toEqual({ tensors: {}, metadata: {} });
  });

  it('refuses every truncation', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length))).toThrow(corrupt(/./));
    }
  });

  it('refuses a broken header', () => {
    const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
    const four = new Uint8Array(4);
    const cases: [Uint8Array, RegExp][] = [
      [file('{"a":', four), /its header is not JSON/],
      [file('[]'), /its header is not a JSON object/],
      [file({}, four, 1n << 60n), /cut off/],
      [file({}, four), /4 bytes of data, not 0/],
      [Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0xff), /not text/],
      [file({ __metadata__: 5 }), /metadata is not an object/],
      [file({ a: 5 }, four), /no description/],
      [file({ a: { ...entry, dtype: 'BF16' } }, four), /type BF16/],
      [file({ a: { ...entry, shape: [-1] } }, four), /shape/],
      [file({ a: { ...entry, shape: 'x' } }, four), /shape/],
      [file({ a: { ...entry, data_offsets: [0] } }, four), /offsets/],
      [file({ a: { ...entry, data_offsets: [0, 4.5] } }, four), /offsets/],
      [file({ a: { ...entry, shape: [2] } }, four), /4 bytes where its shape \[2\] needs 8/],
      [file({ a: entry, b: entry }, four), /start at 0, not at 4/],
      [
        file({ a: entry, b: { ...entry, data_offsets: [8, 12] } }, new Uint8Array(12)),
        /start at 8, not at 4/,
      ],
      [
        file({ a: entry, 'a/b': { ...entry, data_offsets: [4, 8] } }, new Uint8Array(8)),
        /both a tensor and a group/,
      ],
      [
        file({ 'a/b': entry, a: { ...entry, data_offsets: [4, 8] } }, new Uint8Array(8)),
        /both a tensor and a group/,
      ],
    ];
    for (const [whole, reason] of cases) expect(() => decodeCheckpoint(whole)).toThrow(corrupt(reason));
  });

  it('refuses metadata that does not fit the tensors', () => {
    const entry = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
    const withStructure = (structure: string | undefined, tasklearn = 'null') =>
      file({ a: entry, __metadata__: { tasklearn, structure } }, new Uint8Array(4));
    expect(decodeCheckpoint(withStructure('{"b":"a"}'))).toEqual({
      tensors: { b: float([1], [0]) },
      metadata: null,
    });
    const cases: [Uint8Array, RegExp][] = [
      [withStructure('{"b":"z"}'), /names 'z'/],
      [withStructure('["a","a"]'), /names 'a'/],
      [withStructure('{}'), /lacks a/],
      [withStructure('{'), /metadata is not JSON/],
      [withStructure(undefined), /metadata is not JSON/],
      [withStructure('"a"', 'nonsense'), /metadata is not JSON/],
    ];
    for (const [whole, reason] of cases) expect(() => decodeCheckpoint(whole)).toThrow(corrupt(reason));
  });
});

describe('memoryCheckpointStore', () => {
  it('keeps a copy', async () => {
    const store = memoryCheckpointStore();
    expect(await store.load()).toBeUndefined();
    const given = Uint8Array.of(1, 2);
    await store.save(given);
    given.fill(0);
    (await store.load())?.fill(9);
    expect(await store.load()).toEqual(Uint8Array.of(1, 2));
  });
});
