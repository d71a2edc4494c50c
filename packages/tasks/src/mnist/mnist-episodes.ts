import { type EpisodicDistribution, TasklearnError } from '@tasklearn/core';
import { fewShotDistribution } from '../sampling/few-shot-distribution.js';
import { type FewShotOptions, fewShotDefaults } from '../sampling/few-shot-options.js';
import type { ImageSet } from '../sampling/image-set.js';

/** Options of episodes over ten classes, dealt to the splits by number. */
export type MnistOptions = FewShotOptions & {
  /** Class indices of the meta-training split. */
  readonly trainClasses: readonly number[];
  /** Class indices of the meta-validation split; may be empty. */
  readonly validationClasses: readonly number[];
  /** Class indices of the meta-test split. */
  readonly testClasses: readonly number[];
};

/** 3-way 1-shot: four classes to meta-train on, three each to validate and to test. */
export const mnistDefaults: MnistOptions = {
  ...fewShotDefaults,
  ways: 3,
  trainClasses: [0, 1, 2, 3],
  validationClasses: [4, 5, 6],
  testClasses: [7, 8, 9],
};

/** Names of the classes, by index. */
export const mnistClassNames: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** Names of the classes, by index. */
export const fashionMnistClassNames: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/**
 * Few-shot episodes of MNIST or Fashion-MNIST: meta-train, meta-validation and meta-test share no class. With ten
 * classes these are small distributions, for tests and comparisons of domains.
 *
 * @param images - sorted by class, from `sortByClass`.
 * @throws `INVALID_OPTION` for a value out of range, a class in two splits, or too few classes or images.
 */
export function mnistEpisodes(
  id: string,
  images: ImageSet,
  options: Partial<MnistOptions> = {},
): EpisodicDistribution {
  const complete = { ...mnistDefaults, ...options };
  for (const key of ['trainClasses', 'validationClasses', 'testClasses'] as const) {
    const wrong = complete[key].find(
      (index) => !(Number.isInteger(index) && images.classNames[index] !== undefined),
    );
    if (wrong === undefined) continue;
    throw new TasklearnError(
      'INVALID_OPTION',
      `${id}: option \`${key}\` must hold class indices from 0 to ${images.classNames.length - 1}, got ${wrong}.`,
      { owner: id, key, received: wrong },
    );
  }
  const { trainClasses: train, validationClasses: validation, testClasses: test } = complete;
  return fewShotDistribution(id, images, { train, validation, test }, complete);
}
