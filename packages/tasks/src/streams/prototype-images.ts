import { fillNormal, type Rng } from '@tasklearn/core';
import type { ImageSource } from './image-source.js';

/** Images around prototypes that are smooth random fields. */
export type PrototypeOptions = {
  /** Classes, N. */
  readonly classes: number;
  /** Pixels along an edge. */
  readonly side: number;
  /** Standard deviation of the noise of a pixel; prototypes have variance 1. */
  readonly noise: number;
  /** Items to learn from and to test on, each. */
  readonly count: number;
};

/** Ten classes of 14x14, noise 1.5, 20,000 items. */
export const prototypeDefaults: PrototypeOptions = { classes: 10, side: 14, noise: 1.5, count: 20_000 };

const SMOOTHING = 1.5;

/** One pass of a normal kernel along an axis, edges repeated. */
function smoothed(image: Float32Array, side: number, along: 'rows' | 'columns'): Float32Array {
  const radius = Math.ceil(3 * SMOOTHING);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, index) =>
    Math.exp(-((index - radius) ** 2) / (2 * SMOOTHING ** 2)),
  );
  return image.map((_, pixel) => {
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    let sum = 0;
    for (const [index, weight] of weights.entries()) {
      const shift = index - radius;
      const place = Math.min(side - 1, Math.max(0, (along === 'rows' ? column : row) + shift));
      sum += weight * (image[along === 'rows' ? row * side + place : place * side + column] as number);
    }
    return sum;
  });
}

/** A smooth Gaussian field with mean 0 and variance 1 over its pixels. */
function field(side: number, rng: Rng): Float32Array {
  const noise = fillNormal(rng, new Float32Array(side * side));
  const image = smoothed(smoothed(noise, side, 'rows'), side, 'columns');
  const mean = image.reduce((sum, value) => sum + value, 0) / image.length;
  const deviation = Math.sqrt(image.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.length);
  return image.map((value) => (value - mean) / deviation);
}

/**
 * Images that need no files: each class is a smooth random field; an item is its prototype shifted by up to one pixel, with a
 * gain of 1 ± 0.2 and noise. Items of one class come every N.
 *
 * @param rng - draws the prototypes and, by its number, each item.
 */
export function prototypeImages(options: PrototypeOptions, rng: Rng): ImageSource {
  const { classes, side, noise, count } = options;
  const prototypes = Array.from({ length: classes }, (_, label) =>
    field(side, rng.split('prototype').split(label)),
  );
  return {
    side,
    classes,
    count: () => count,
    label: (_part, index) => index % classes,
    write(part, index, out, offset) {
      const item = rng.split(part).split(index);
      const [down, right] = [item.integer(3) - 1, item.integer(3) - 1];
      const gain = 1 + 0.2 * item.gaussian();
      const prototype = prototypes[index % classes] as Float32Array;
      const inside = (place: number) => Math.min(side - 1, Math.max(0, place));
      for (let pixel = 0; pixel < side * side; pixel++) {
        const [row, column] = [Math.floor(pixel / side), pixel % side];
        const value = prototype[inside(row - down) * side + inside(column - right)] as number;
        out[offset + pixel] = gain * value + noise * item.gaussian();
      }
    },
  };
}
