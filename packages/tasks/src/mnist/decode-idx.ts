import { TasklearnError } from '@tasklearn/core';

/** An array of bytes with its shape. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Decodes an IDX file of unsigned bytes, the format of MNIST: two zero bytes, type 8, the number of axes, each axis as a
 * big-endian 32-bit integer, then the values.
 *
 * @param bytes - unpacked; the result's data is a view of it.
 * @throws `CORRUPT_FILE` if the header is another, or the values are more or fewer than it says.
 *
 * @example
 * ```ts
 * import { decodeIdx } from '@tasklearn/tasks';
 *
 * const { shape } = decodeIdx(Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9));
 * shape; // => [1, 3]
 * ```
 */
export function decodeIdx(bytes: Uint8Array): IdxArray {
  const corrupt = (expected: string, received: unknown) =>
    new TasklearnError(
      'CORRUPT_FILE',
      `decodeIdx: expected ${expected}, got ${received}. Fetch the file again.`,
      {
        expected,
        received,
      },
    );
  const axes = bytes[3] ?? 0;
  const start = 4 + 4 * axes;
  if (bytes.length < start || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 8 || axes === 0) {
    throw corrupt('an IDX header of unsigned bytes (0 0 8 axes)', `[${bytes.subarray(0, 4).join(' ')}]`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== start + size) throw corrupt(`${size} values after the header`, bytes.length - start);
  return { shape, data: bytes.subarray(start) };
}
