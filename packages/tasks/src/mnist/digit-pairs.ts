import {
  createRng,
  type JointDistribution,
  type PartialOptions,
  type Rng,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  resolveOptions,
} from '@tasklearn/core';
import { inMemoryTasks, type TaskItems } from '../suites/in-memory-tasks.js';
import type { LabelledImages } from './labelled-images.js';

/** Options of {@link digitPairs}. */
export type DigitPairsOptions = {
  /** Fixes which images are overlaid. */
  readonly seed: number;
  /** How far one image is moved from the other along both axes, in pixels of the originals. */
  readonly shift: number;
  /** Pixels are averaged over squares of so many: 1 keeps them all. */
  readonly shrink: 1 | 2 | 4;
  /** Pairs per split. Training and validation pairs are of training images, apart from each other. */
  readonly trainItems: number;
  readonly validationItems: number;
  readonly testItems: number;
};

/** 28 pixels moved by 8 on 36, then 18 x 18; 10,000 pairs to train on. */
export const digitPairsDefaults: DigitPairsOptions = {
  seed: 0,
  shift: 8,
  shrink: 2,
  trainItems: 10_000,
  validationItems: 1_000,
  testItems: 2_000,
};

type Source = { readonly images: LabelledImages; readonly from: number; readonly count: number };

/** Draws one image of a source onto a canvas; brighter pixels win. */
function lay(onto: Float32Array, side: number, { images }: Source, image: number, at: number): void {
  const own = images.side;
  for (let row = 0; row < own; row += 1)
    for (let column = 0; column < own; column += 1) {
      const ink = (images.pixels[(image * own + row) * own + column] as number) / 255;
      const place = (row + at) * side + column + at;
      if (ink > (onto[place] as number)) onto[place] = ink;
    }
}

/** Means over squares of `by` pixels. */
function shrunk(canvas: Float32Array, side: number, by: number): Float32Array {
  const small = Math.floor(side / by);
  return Float32Array.from({ length: small * small }, (_, at) => {
    const [row, column] = [Math.floor(at / small), at % small];
    let sum = 0;
    for (let y = 0; y < by; y += 1)
      for (let x = 0; x < by; x += 1) sum += canvas[(row * by + y) * side + column * by + x] as number;
    return sum / (by * by);
  });
}

function draw(
  sources: readonly [Source, Source],
  count: number,
  options: DigitPairsOptions,
  rng: Rng,
): readonly TaskItems[] {
  const { shift, shrink } = options;
  const side = sources[0].images.side + shift;
  const small = Math.floor(side / shrink);
  const inputs = new Float32Array(count * small * small);
  const targets = sources.map(() => new Int32Array(count));
  for (let item = 0; item < count; item += 1) {
    const canvas = new Float32Array(side * side);
    for (const [task, source] of sources.entries()) {
      const image = source.from + rng.integer(source.count);
      lay(canvas, side, source, image, task === 0 ? 0 : shift);
      (targets[task] as Int32Array)[item] = source.images.labels[image] as number;
    }
    inputs.set(shrunk(canvas, side, shrink), item * small * small);
  }
  return targets.map((labels) => ({ inputs, targets: labels }));
}

/**
 * Two images laid over each other, one to the upper left and one to the lower right: which is the one, which the other?
 * Two tasks of ten classes on the same inputs, which want to look at different places.
 *
 * @param parts - the sources of the upper left and of the lower right image; the same for both in MultiMNIST.
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Sabour, Frosst, Hinton. Dynamic Routing Between Capsules. NeurIPS 2017 (the images); Sener, Koltun. Multi-Task Learning as
 * Multi-Objective Optimization. NeurIPS 2018 (the tasks).
 */
export function digitPairs(
  id: string,
  parts: readonly [
    { readonly train: LabelledImages; readonly test: LabelledImages },
    { readonly train: LabelledImages; readonly test: LabelledImages },
  ],
  given: PartialOptions<DigitPairsOptions> = {},
): JointDistribution {
  const all = resolveOptions(id, digitPairsDefaults, given as object) as DigitPairsOptions;
  requireNonNegative(id, all, 'shift');
  requireInteger(id, all, 'shift', 0);
  requireOneOf(id, all, 'shrink', [1, 2, 4]);
  for (const key of ['trainItems', 'validationItems', 'testItems'] as const) requireInteger(id, all, key, 1);
  const rng = createRng(all.seed).split('digit pairs');
  const sources = (split: 'train' | 'validation' | 'test') =>
    parts.map(({ train, test }): Source => {
      if (split === 'test') return { images: test, from: 0, count: test.count };
      const held = Math.floor(train.count / 6); // The last sixth of the file is for validation.
      return split === 'validation'
        ? { images: train, from: train.count - held, count: held }
        : { images: train, from: 0, count: train.count - held };
    }) as unknown as readonly [Source, Source];
  const items = (split: 'train' | 'validation' | 'test') =>
    draw(sources(split), all[`${split}Items`], all, rng.split(split));
  const side = Math.floor((parts[0].train.side + all.shift) / all.shrink);
  const group = { target: { kind: 'classification', classes: 10 }, loss: 'crossEntropy' } as const;
  return inMemoryTasks({
    id,
    inputShape: [side, side, 1],
    tasks: [
      { id: 'upper left', group: 'classes' },
      { id: 'lower right', group: 'classes' },
    ],
    groups: { classes: group },
    items: { train: items('train'), validation: items('validation'), test: items('test') },
    sharedInputs: true,
  });
}
