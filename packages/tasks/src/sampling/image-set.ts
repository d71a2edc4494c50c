/** Square one-channel images in classes of equal size, as bytes: 0 is paper, 255 is ink. */
export interface ImageSet {
  /** Image i of class c starts at (c · imagesPerClass + i) · side². */
  readonly pixels: Uint8Array;
  readonly classNames: readonly string[];
  readonly imagesPerClass: number;
  /** Pixels along an edge. */
  readonly side: number;
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
