import { TasklearnError } from '../errors.js';

/** Set in the upper word of a string's label, so that no string is ever the label of a number. */
const STRING_BIT = 0x80000000;

/**
 * The 64 bits by which a stream is split: an integer's own bits, or 63 bits of hash of a string.
 *
 * @throws `INVALID_OPTION` for a number that is not an integer in [0, 2^53).
 */
export function labelWords(label: string | number): readonly [number, number] {
  if (typeof label === 'string') return stringWords(label);
  if (!Number.isSafeInteger(label) || label < 0) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `A seed or label of a random stream must be an integer in [0, 2^53) or a string, got ${label}.`,
      { key: 'seed', received: label },
    );
  }
  return [label | 0, Math.floor(label / 0x100000000)];
}

/** Two 32-bit multiplicative hashes over UTF-16 code units, with cross-mixing at the end (after cyrb53). */
function stringWords(label: string): readonly [number, number] {
  let first = 0xdeadbeef;
  let second = 0x41c6ce57;
  for (let index = 0; index < label.length; index++) {
    const unit = label.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x9e3779b1);
    second = Math.imul(second ^ unit, 0x5f356495);
  }
  const low = Math.imul(first ^ (first >>> 16), 0x85ebca6b) ^ Math.imul(second ^ (second >>> 13), 0xc2b2ae35);
  const high =
    Math.imul(second ^ (second >>> 16), 0x85ebca6b) ^ Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return [low, high | STRING_BIT];
}
