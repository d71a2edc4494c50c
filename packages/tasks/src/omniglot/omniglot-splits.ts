import { createRng } from '@tasklearn/core';
import type { ClassSplits } from '../sampling/split-classes.js';
import type { OmniglotIndex } from './omniglot-index.js';

/**
 * How classes are dealt to splits.
 *
 * - `vinyals`: 1,028 / 172 / 423 characters, the lists of Matching Networks and ProtoNets;
 * - `background`: by alphabet, as the data set's authors meant it: 30 alphabets, the last five of them for validation, against
 *   20 evaluation alphabets;
 * - `random`: 1,100 / 100 / 423 characters, shuffled with a fixed seed, as in MAML.
 */
export type OmniglotSplit = 'vinyals' | 'background' | 'random';

const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

/** Class indices of each split. */
export function omniglotSplits(index: OmniglotIndex, split: OmniglotSplit): ClassSplits {
  if (split === 'vinyals') {
    const { train, val, test } = index.splits.vinyals;
    return { train, validation: val, test };
  }
  if (split === 'random') {
    const order = [...createRng('omniglot').permutation(1623)];
    return { train: order.slice(0, 1100), validation: order.slice(1100, 1200), test: order.slice(1200) };
  }
  const classes = (alphabets: OmniglotIndex['alphabets']) =>
    alphabets.flatMap(({ first, count }) => range(first, count));
  const background = index.alphabets.filter(({ set }) => set === 'background');
  const evaluation = index.alphabets.filter(({ set }) => set === 'evaluation');
  return {
    train: classes(background.slice(0, 25)),
    validation: classes(background.slice(25)),
    test: classes(evaluation),
  };
}
