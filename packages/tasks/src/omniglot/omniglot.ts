import { type EpisodicDistribution, requireOneOf } from '@tasklearn/core';
import { fewShotDistribution } from '../sampling/few-shot-distribution.js';
import { type FewShotOptions, fewShotDefaults } from '../sampling/few-shot-options.js';
import { evenStarts, type ImageSet } from '../sampling/image-set.js';
import type { OmniglotIndex } from './omniglot-index.js';
import { type OmniglotSplit, omniglotSplits } from './omniglot-splits.js';

/** Options of Omniglot episodes. */
export type OmniglotOptions = FewShotOptions & {
  /** How characters are dealt to splits. */
  readonly split: OmniglotSplit;
};

/** 5-way 1-shot on the Vinyals split; training characters turned by 90° steps count as further characters. */
export const omniglotDefaults: OmniglotOptions = { ...fewShotDefaults, rotations: 'train', split: 'vinyals' };

/** Omniglot, decoded: 1,623 characters by 20 drawers at 28x28. */
export interface OmniglotData {
  readonly images: ImageSet;
  readonly index: OmniglotIndex;
}

/**
 * The image set of Omniglot.
 *
 * @param pixels - 1,623 · 20 images of 28x28 bytes, classes in the order of the index; 255 = ink.
 */
export function omniglotData(pixels: Uint8Array, index: OmniglotIndex): OmniglotData {
  const classNames = index.alphabets.flatMap(({ name, count }) =>
    Array.from(
      { length: count },
      (_, character) => `${name}/character${String(character + 1).padStart(2, '0')}`,
    ),
  );
  return { images: { pixels, classNames, starts: evenStarts(classNames.length, 20), side: 28 }, index };
}

/**
 * N-way K-shot episodes of handwritten characters.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Lake, Salakhutdinov, Tenenbaum. Human-level concept learning through probabilistic program induction. Science, 2015.
 */
export function omniglot(
  { images, index }: OmniglotData,
  options: Partial<OmniglotOptions> = {},
): EpisodicDistribution {
  const complete = { ...omniglotDefaults, ...options };
  requireOneOf('omniglot', complete, 'split', ['vinyals', 'background', 'random']);
  return fewShotDistribution(
    '@tasklearn/tasks/omniglot',
    images,
    omniglotSplits(index, complete.split),
    complete,
  );
}
