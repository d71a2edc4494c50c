import { TasklearnError } from '@tasklearn/core';
import type { ImageSet } from '../sampling/image-set.js';
import type { IdxArray } from './decode-idx.js';

/** Images with a class index each: plain arrays, in the order of the file. */
export interface LabelledImages {
  /** count · side · side bytes, image after image, row by row; 0 = background, 255 = ink. */
  readonly pixels: Uint8Array;
  /** count class indices. */
  readonly labels: Uint8Array;
  readonly count: number;
  readonly side: number;
}

/**
 * Joins an image file and a label file of the MNIST family.
 *
 * @throws `CORRUPT_FILE` if they are not [count, side, side] and [count].
 */
export function joinLabels(images: IdxArray, labels: IdxArray): LabelledImages {
  const [count = 0, side = 0, width = 0] = images.shape;
  if (images.shape.length !== 3 || side !== width || labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new TasklearnError(
      'CORRUPT_FILE',
      `joinLabels: expected images [count, side, side] and labels [count], got [${images.shape}] and [${labels.shape}]. Use files that belong together.`,
      { images: images.shape, labels: labels.shape },
    );
  }
  return { pixels: images.data, labels: labels.data, count, side };
}

/**
 * The same images sorted by class, for few-shot episodes; inside a class in the order of the file.
 *
 * @param classNames - name of each class index.
 */
export function sortByClass(images: LabelledImages, classNames: readonly string[]): ImageSet {
  const { pixels, labels, side } = images;
  const size = side * side;
  const starts = new Int32Array(classNames.length + 1);
  for (const label of labels) starts[label + 1]! += 1;
  for (let label = 0; label < classNames.length; label++) starts[label + 1]! += starts[label] as number;
  const next = starts.slice();
  const sorted = new Uint8Array(pixels.length);
  for (const [image, label] of labels.entries()) {
    const place = next[label] as number;
    sorted.set(pixels.subarray(image * size, (image + 1) * size), place * size);
    next[label] = place + 1;
  }
  return { pixels: sorted, classNames, starts, side };
}
