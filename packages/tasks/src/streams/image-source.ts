import type { LabelledImages } from '../mnist/labelled-images.js';

/** Items that streams learn from, and items they are tested on. */
export type ImagePart = 'train' | 'test';

/** Labelled square images, numbered from 0 in each part. */
export interface ImageSource {
  /** Pixels along an edge. */
  readonly side: number;
  /** Classes, N. */
  readonly classes: number;
  /** How many images there are. */
  count(part: ImagePart): number;
  /** Class of an item, in [0, N). */
  label(part: ImagePart, index: number): number;
  /** Writes the side² values of an item to `out` from `offset`. */
  write(part: ImagePart, index: number, out: Float32Array, offset: number): void;
}

/**
 * Images in memory as a source: bytes become numbers in [0, 1].
 *
 * @param data - such as `loadMnist` of `@tasklearn/tasks/node` returns.
 * @param classes - N, the number of classes.
 */
export function labelledImageSource(
  data: Readonly<Record<ImagePart, LabelledImages>>,
  classes: number,
): ImageSource {
  const { side } = data.train;
  const size = side * side;
  return {
    side,
    classes,
    count: (part) => data[part].count,
    label: (part, index) => data[part].labels[index] as number,
    write(part, index, out, offset) {
      const { pixels } = data[part];
      const start = index * size;
      for (let pixel = 0; pixel < size; pixel++)
        out[offset + pixel] = (pixels[start + pixel] as number) / 255;
    },
  };
}
