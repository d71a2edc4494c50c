import { TasklearnError } from '@tasklearn/core';

/** Arrays that together are a state. */
type Parts = readonly (Uint8Array | Uint32Array | Int32Array | Float32Array | Float64Array)[];

const HEADER = 8;

const bytesOf = (part: Parts[number]) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength);

/** A number that differs between almost all different texts: 32 bits of FNV-1a. */
export function fingerprint(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** The parts one after the other, behind a header of their total size and whose they are. */
export function encodeSnapshot(parts: Parts, owner: number): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.byteLength, HEADER);
  const bytes = new Uint8Array(size);
  const header = new DataView(bytes.buffer);
  header.setUint32(0, size, true);
  header.setUint32(4, owner, true);
  let offset = HEADER;
  for (const part of parts) {
    bytes.set(bytesOf(part), offset);
    offset += part.byteLength;
  }
  return bytes;
}

/**
 * Writes a snapshot back into the parts that it was made of.
 *
 * @param caller - who asks, for the message.
 * @throws `SHAPE_MISMATCH` for a snapshot of something else.
 */
export function decodeSnapshot(caller: string, snapshot: Uint8Array, parts: Parts, owner: number): void {
  const size = parts.reduce((sum, part) => sum + part.byteLength, HEADER);
  const header = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  if (snapshot.length !== size || header.getUint32(0, true) !== size || header.getUint32(4, true) !== owner)
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `${caller}: expected a snapshot of ${size} bytes of this very environment (same distribution, tasks and copies), got ${snapshot.length} bytes of another.`,
      { expected: size, received: snapshot.length },
    );
  let offset = HEADER;
  for (const part of parts) {
    bytesOf(part).set(snapshot.subarray(offset, offset + part.byteLength));
    offset += part.byteLength;
  }
}
