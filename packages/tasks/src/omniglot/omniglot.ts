import { type EpisodicDistribution, requireInteger, requireOneOf, TasklearnError } from '@tasklearn/core';
import { fewShotDistribution } from '../sampling/few-shot-distribution.js';
import { type FewShotOptions, fewShotDefaults } from '../sampling/few-shot-options.js';
import { evenStarts, type ImageSet } from '../sampling/image-set.js';
import { OMNIGLOT_DRAWERS, omniglotClassNames } from './omniglot-index.js';
import { type OmniglotSplit, omniglotSplits } from './omniglot-splits.js';

/** Options of Omniglot episodes. */
export type OmniglotOptions = FewShotOptions & {
  /** How characters are dealt to splits. */
  readonly split: OmniglotSplit;
  /** Seed of the shuffle where `split` is `random`, >= 0. */
  readonly splitSeed: number;
};

/** 5-way 1-shot on the Vinyals split; training characters turned by 90° steps count as further characters. */
export const omniglotDefaults: OmniglotOptions = {
  ...fewShotDefaults,
  rotations: 'train',
  split: 'vinyals',
  splitSeed: 0,
};

const IMAGES = 1623 * OMNIGLOT_DRAWERS;

/**
 * Omniglot as an image set: 1,623 characters by 20 drawers at 28x28.
 *
 * @param pixels - 32,460 images of 28x28 bytes in the order of `omniglotIndex`; 0 = paper, 255 = ink.
 * @throws `CORRUPT_FILE` for any other number of bytes.
 */
export function omniglotImages(pixels: Uint8Array): ImageSet {
  const expected = IMAGES * 28 * 28;
  if (pixels.length !== expected) {
    throw new TasklearnError(
      'CORRUPT_FILE',
      `omniglotImages: 1,623 · 20 images of 28x28 are ${expected} bytes, got ${pixels.length}. Fetch the data again.`,
      { expected, received: pixels.length },
    );
  }
  const classNames = omniglotClassNames();
  return { pixels, classNames, starts: evenStarts(classNames.length, OMNIGLOT_DRAWERS), side: 28 };
}

/**
 * N-way K-shot episodes of handwritten characters.
 *
 * @param images - from `loadOmniglot` of `@tasklearn/tasks/node`, or from `omniglotImages` wherever the bytes come from.
 * @throws `INVALID_OPTION` for a value out of range, or more classes or images than there are.
 * @see Lake, Salakhutdinov, Tenenbaum. Human-level concept learning through probabilistic program induction. Science, 2015.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { omniglot, omniglotImages } from '@tasklearn/tasks';
 *
 * const blank = omniglotImages(new Uint8Array(1623 * 20 * 28 * 28));
 * const distribution = omniglot(blank, { ways: 20, shots: 1, queries: 5 });
 * distribution.episodes('test', 0, 2, createRng(0)).query.targets.shape; // => [2, 100]
 * ```
 */
export function omniglot(images: ImageSet, options: Partial<OmniglotOptions> = {}): EpisodicDistribution {
  const id = '@tasklearn/tasks/omniglot';
  const complete = { ...omniglotDefaults, ...options };
  requireOneOf(id, complete, 'split', ['vinyals', 'background', 'random']);
  requireInteger(id, complete, 'splitSeed', 0);
  return fewShotDistribution(id, images, omniglotSplits(complete.split, complete.splitSeed), complete);
}
