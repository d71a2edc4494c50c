import { gunzipSync } from 'fflate';
import { evenStarts, type ImageSet, unpackBits } from '../sampling/image-set.js';
import type { ClassSplits } from '../sampling/split-classes.js';
import type { GlyphScript } from './glyph-script.js';

/** The embedded real set, decoded. */
export interface GlyphData {
  readonly scripts: readonly GlyphScript[];
  readonly images: ImageSet;
  readonly splits: ClassSplits;
}

const DRAWINGS = 20;
const SIDE = 28;
const splitOrder = ['train', 'validation', 'test'] as const;

let loaded: Promise<GlyphData> | undefined;

/**
 * The glyphs data set: 2,001 characters of 50 scripts, 20 drawings each at 28x28, one bit a pixel.
 *
 * It travels inside the package (1.7 MB), in modules of their own that are loaded by this call: Node, browsers and
 * bundlers need nothing else. Decoded once, 31 MB.
 *
 * @returns images in the order train, validation, test; inside a split by script and character. Class names read
 *   `Hebrew א`.
 *
 * @example
 * ```ts
 * import { loadGlyphs } from '@tasklearn/tasks';
 *
 * const { images, scripts } = await loadGlyphs();
 * images.classNames.length; // => 2001
 * scripts.length; // => 50
 * ```
 */
export function loadGlyphs(): Promise<GlyphData> {
  loaded ??= decode();
  return loaded;
}

async function decode(): Promise<GlyphData> {
  const [{ glyphScripts }, { train1 }, { train2 }, { validation1 }, { test1 }] = await Promise.all([
    import('./data/glyph-scripts.js'),
    import('./data/train-1.js'),
    import('./data/train-2.js'),
    import('./data/validation-1.js'),
    import('./data/test-1.js'),
  ]);
  const packed = [train1 + train2, validation1, test1].map((text) => gunzipSync(fromBase64(text)));
  const characters = splitOrder.map((split) =>
    glyphScripts
      .filter((script) => script.split === split)
      .flatMap(({ name, characters }) => Array.from(characters, (character) => `${name} ${character}`)),
  );
  const classNames = characters.flat();
  const pixels = new Uint8Array(classNames.length * DRAWINGS * SIDE * SIDE);
  let offset = 0;
  for (const bits of packed) {
    pixels.set(unpackBits(bits, bits.length * 8), offset);
    offset += bits.length * 8;
  }
  const starts = evenStarts(classNames.length, DRAWINGS);
  const images = { pixels, classNames, starts, side: SIDE };
  return { scripts: glyphScripts, images, splits: consecutive(characters.map((names) => names.length)) };
}

function consecutive([train = 0, validation = 0, test = 0]: readonly number[]): ClassSplits {
  const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);
  return {
    train: range(0, train),
    validation: range(train, validation),
    test: range(train + validation, test),
  };
}

function fromBase64(text: string): Uint8Array {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index++) bytes[index] = characters.charCodeAt(index);
  return bytes;
}
