import { TasklearnError } from '@tasklearn/core';
import { unzipSync } from 'fflate';
import { decodeGreyPng, type GreyImage } from '../data/decode-grey-png.js';
import { OMNIGLOT_DRAWERS, omniglotIndex } from './omniglot-index.js';

const SOURCE = 105;
const SIDE = 28;

/**
 * The images of one of the official zip files (`images_background.zip`, `images_evaluation.zip`), reduced to 28x28 by
 * exact area averages: a pixel covers 3.75x3.75 of the original and is round(255 · share of ink).
 *
 * @param zip - the bytes of the file.
 * @param set - which half of the data it is.
 * @returns 20 images of 784 bytes for each character, in the order of `omniglotIndex`.
 * @throws `CORRUPT_FILE` if it is no zip file, or an image is absent or not 105x105.
 */
export function decodeOmniglot(zip: Uint8Array, set: 'background' | 'evaluation'): Uint8Array {
  const drawings = findDrawings(zip, set);
  const alphabets = omniglotIndex().filter((alphabet) => alphabet.set === set);
  const count = alphabets.reduce((sum, alphabet) => sum + alphabet.count, 0);
  const pixels = new Uint8Array(count * OMNIGLOT_DRAWERS * SIDE * SIDE);
  let offset = 0;
  for (const { name, count: characters } of alphabets) {
    for (let character = 1; character <= characters; character++) {
      for (let drawer = 1; drawer <= OMNIGLOT_DRAWERS; drawer++) {
        const key = `${name}/character${twoDigits(character)}/${twoDigits(drawer)}`;
        const png = drawings.get(key);
        if (png === undefined) throw corrupt(`drawing ${key} of the ${set} set`, 'nothing');
        reduce(readDrawing(png, key), pixels.subarray(offset, offset + SIDE * SIDE));
        offset += SIDE * SIDE;
      }
    }
  }
  return pixels;
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** PNG files by `alphabet/character/drawer`; the name of a file ends in `_<drawer>.png`. */
function findDrawings(zip: Uint8Array, set: string): ReadonlyMap<string, Uint8Array> {
  const pattern = new RegExp(`(?:^|/)images_${set}/([^/]+)/(character\\d\\d)/\\d+_(\\d\\d)\\.png$`);
  try {
    const files = unzipSync(zip, { filter: ({ name }) => pattern.test(name) });
    return new Map(
      Object.entries(files).map(([name, png]) => {
        const [, alphabet, character, drawer] = pattern.exec(name) as RegExpExecArray;
        return [`${alphabet}/${character}/${drawer}`, png];
      }),
    );
  } catch (cause) {
    throw corrupt('a zip file', cause instanceof Error ? cause.message : cause, cause);
  }
}

/** Brightness of a drawing, which is black on white. */
function readDrawing(png: Uint8Array, key: string): Uint8Array {
  const { width, height, pixels } = decodeChecked(png, key);
  if (width !== SOURCE || height !== SOURCE) throw corrupt(`${key} to be 105x105`, `${width}x${height}`);
  return pixels;
}

function decodeChecked(png: Uint8Array, key: string): GreyImage {
  try {
    return decodeGreyPng(png);
  } catch (cause) {
    throw corrupt(`${key} to be a grey PNG file`, cause instanceof Error ? cause.message : cause, cause);
  }
}

/**
 * In quarters of a source pixel an edge is 420 long, 15 to each target pixel: source pixel p covers quarters 4p .. 4p + 3,
 * `first[p]` of which lie in target pixel `target[p]`, the rest in the next.
 */
const target = Int32Array.from({ length: SOURCE }, (_, pixel) => Math.floor((4 * pixel) / 15));
const first = target.map((of, pixel) => Math.min(4, 15 * (of + 1) - 4 * pixel));

/** Adds up the ink of each target pixel, 225 at most. */
function reduce(pixels: Uint8Array, out: Uint8Array): void {
  const sums = new Int32Array((SIDE + 1) * (SIDE + 1));
  for (let y = 0; y < SOURCE; y++) {
    const row = (target[y] as number) * (SIDE + 1);
    const above = first[y] as number;
    for (let x = 0; x < SOURCE; x++) {
      if ((pixels[y * SOURCE + x] as number) >= 128) continue; // Paper.
      const place = row + (target[x] as number);
      const left = first[x] as number;
      sums[place]! += above * left;
      sums[place + 1]! += above * (4 - left);
      sums[place + SIDE + 1]! += (4 - above) * left;
      sums[place + SIDE + 2]! += (4 - above) * (4 - left);
    }
  }
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      out[y * SIDE + x] = Math.round((255 * (sums[y * (SIDE + 1) + x] as number)) / 225);
    }
  }
}

function corrupt(expected: string, received: unknown, cause?: unknown): TasklearnError {
  const message = `decodeOmniglot: expected ${expected}, got ${received}. Fetch the official zip file again.`;
  return new TasklearnError('CORRUPT_FILE', message, { expected, received, cause });
}
