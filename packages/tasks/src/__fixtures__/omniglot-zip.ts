import { encode } from 'fast-png';
import { zipSync } from 'fflate';
import { omniglotIndex } from '../omniglot/omniglot-index.js';

/** A one-bit 105x105 PNG as in the official files: black ink on white. `ink` has 1 where it is inked. */
export function drawingPng(ink: ArrayLike<number>): Uint8Array {
  const rows = new Uint8Array(105 * 14).fill(255);
  for (let y = 0; y < 105; y++) {
    for (let x = 0; x < 105; x++) if (ink[y * 105 + x]) rows[y * 14 + (x >> 3)]! &= ~(128 >> (x & 7));
  }
  return encode({ width: 105, height: 105, data: rows, channels: 1, depth: 1 as never });
}

/** A zip file laid out as the official ones; `drawing` gives the PNG of a class and drawer, both from 0. */
export function omniglotZip(
  set: 'background' | 'evaluation',
  drawing: (classIndex: number, drawer: number) => Uint8Array,
): Uint8Array {
  const files: Record<string, Uint8Array> = { [`images_${set}/`]: new Uint8Array(0) };
  const two = (value: number) => String(value).padStart(2, '0');
  for (const alphabet of omniglotIndex().filter((one) => one.set === set)) {
    for (let character = 0; character < alphabet.count; character++) {
      for (let drawer = 0; drawer < 20; drawer++) {
        const folder = `images_${set}/${alphabet.name}/character${two(character + 1)}`;
        files[`${folder}/${String(character + 700).padStart(4, '0')}_${two(drawer + 1)}.png`] = drawing(
          alphabet.first + character,
          drawer,
        );
      }
    }
  }
  return zipSync(files, { level: 0 });
}
