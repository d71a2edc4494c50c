import { resizeImages } from '../sampling/resize-images.js';
import type { LabelledImages } from './labelled-images.js';

/**
 * Labelled images with fewer pixels: each new pixel is the mean of the area it covers.
 *
 * @throws `INVALID_OPTION` for a side that is not from 1 to the old one.
 */
export function resizeLabelled(images: LabelledImages, side: number): LabelledImages {
  const set = { pixels: images.pixels, side: images.side, classNames: [], starts: new Int32Array(1) };
  const { pixels } = resizeImages(set, side);
  return { ...images, pixels, side };
}
