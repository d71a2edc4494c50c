import { createRng, type StreamDistribution } from '@tasklearn/core';
import { classSequence } from '@tasklearn/tasks';

/** Classes of 4x4 images about random patterns, 8 items each. */
export function smallSequence(): StreamDistribution {
  const rng = createRng('small sequence');
  const [classes, items] = [24, 8];
  const pattern = Array.from({ length: classes }, () => Array.from({ length: 16 }, () => 255 * rng.next()));
  const pixels = new Uint8Array(classes * items * 16);
  for (let place = 0; place < classes * items; place++)
    for (let pixel = 0; pixel < 16; pixel++) {
      const value = (pattern[Math.floor(place / items)]?.[pixel] as number) + 25 * rng.gaussian();
      pixels[place * 16 + pixel] = Math.max(0, Math.min(255, value));
    }
  const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);
  const set = {
    pixels,
    classNames: range(0, classes).map(String),
    starts: Int32Array.from({ length: classes + 1 }, (_, index) => index * items),
    side: 4,
  };
  const splits = { train: range(0, 16), validation: range(16, 2), test: range(18, 6) };
  return classSequence('small', set, splits, { classes: 4, itemsPerClass: 5, testItems: 3, side: 4 });
}
