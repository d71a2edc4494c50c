/** Square one-channel images sorted by class, as bytes: 0 is paper, 255 is ink. */
export interface ImageSet {
  /** Image i starts at i · side². */
  readonly pixels: Uint8Array;
  readonly classNames: readonly string[];
  /** Class c has the images starts[c] .. starts[c + 1] - 1; one entry more than there are classes. */
  readonly starts: Int32Array;
  /** Pixels along an edge. */
  readonly side: number;
}

/** `starts` of an image set whose classes are all of one size. */
export function evenStarts(classes: number, imagesPerClass: number): Int32Array {
  return Int32Array.from({ length: classes + 1 }, (_, index) => index * imagesPerClass);
}

/**
 * One byte per pixel from one bit per pixel, most significant bit first; images are not padded to whole bytes.
 *
 * @param bits - 1 = ink.
 * @param pixels - how many to unpack.
 */
export function unpackBits(bits: Uint8Array, pixels: number): Uint8Array {
  const bytes = new Uint8Array(pixels);
  for (let index = 0; index < pixels; index++) {
    if (((bits[index >> 3] as number) >> (7 - (index & 7))) & 1) bytes[index] = 255;
  }
  return bytes;
}

/**
 * One bit per pixel from one byte per pixel, most significant bit first; the inverse of {@link unpackBits}.
 *
 * @param pixels - a multiple of eight bytes.
 * @param threshold - ink is a byte of at least this value.
 */
export function packBits(pixels: Uint8Array, threshold: number): Uint8Array {
  const bits = new Uint8Array(pixels.length / 8);
  for (const [index, pixel] of pixels.entries()) {
    if (pixel >= threshold) bits[index >> 3]! |= 128 >> (index & 7);
  }
  return bits;
}
