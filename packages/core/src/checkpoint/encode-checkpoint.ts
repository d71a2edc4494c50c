import { TasklearnError } from '../errors.js';
import { mapTree } from '../tree/map-tree.js';
import type { HostTensor } from '../tree/tree.js';
import { leavesOf } from '../tree/tree-leaves.js';
import { sizeOf, treeSpec } from '../tree/tree-spec.js';
import type { Checkpoint } from './checkpoint.js';
import { METADATA_KEY, type TensorPlace, widthOf, writeHeader } from './safetensors-header.js';

const ALIGNMENT = 8;

/**
 * A checkpoint as the bytes of a `.safetensors` file: the header's length (8 bytes, little-endian), the header
 * (JSON, padded with spaces), the tensors. Python reads it with `safetensors.safe_open`.
 *
 * Tensors are named by path. The metadata's key `tasklearn` holds the JSON, and `structure` the tree.
 *
 * @throws `INVALID_OPTION` if two leaves have the same path (a key contains '/') or one the reserved name;
 *   `SHAPE_MISMATCH` if a leaf's data do not fill its shape.
 *
 * @example
 * ```ts
 * import { decodeCheckpoint, encodeCheckpoint } from '@tasklearn/core';
 *
 * const weight = { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } as const;
 * const bytes = encodeCheckpoint({ tensors: { head: { weight } }, metadata: { update: 7 } });
 * decodeCheckpoint(bytes).metadata; // => { update: 7 }
 * ```
 *
 * @see https://github.com/huggingface/safetensors, format.
 */
export function encodeCheckpoint({ tensors, metadata }: Checkpoint): Uint8Array {
  const leaves = leavesOf(tensors);
  const names = treeSpec(tensors).leaves.map((leaf) => leaf.path);
  assertDistinct(names);
  const places = placeTensors(names, leaves);
  const structure = mapTree(tensors, (_leaf: HostTensor, path) => path);
  const text = writeHeader(places, {
    tasklearn: JSON.stringify(metadata),
    structure: JSON.stringify(structure),
  });
  const header = new TextEncoder().encode(text);
  const padded = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  const dataLength = places.reduce((length, place) => Math.max(length, place.end), 0);
  const bytes = new Uint8Array(8 + padded + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(header, 8);
  for (const { start, name } of places) {
    const { data } = leaves[names.indexOf(name)] as HostTensor;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 8 + padded + start);
  }
  return bytes;
}

/** Four-byte types first, so that every tensor stays aligned. */
function placeTensors(names: readonly string[], leaves: readonly HostTensor[]): TensorPlace[] {
  let end = 0;
  return names
    .map((name, index) => ({ name, leaf: leaves[index] as HostTensor }))
    .sort((a, b) => widthOf(b.leaf.dtype) - widthOf(a.leaf.dtype))
    .map(({ name, leaf: { dtype, shape, data } }) => {
      assertFilled(name, shape, data.length);
      const start = end;
      end += data.length * widthOf(dtype);
      return { name, dtype, shape, start, end };
    });
}

function assertDistinct(names: readonly string[]): void {
  const wrong = names.find((name, index) => name === METADATA_KEY || names.indexOf(name) !== index);
  if (wrong === undefined) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `encodeCheckpoint: every leaf needs a path of its own other than '${METADATA_KEY}', got '${wrong}'. Rename a key.`,
    { key: 'tensors', received: wrong },
  );
}

function assertFilled(name: string, shape: readonly number[], received: number): void {
  if (sizeOf(shape) === received) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `encodeCheckpoint: '${name}' of shape [${shape}] must have ${sizeOf(shape)} values, got ${received}.`,
    { path: name, expected: sizeOf(shape), received },
  );
}
