import { createRng } from '@tasklearn/core';
import type { ClassSplits } from '../sampling/split-classes.js';
import { omniglotIndex, vinyalsSplits } from './omniglot-index.js';

/**
 * How characters are dealt to splits.
 *
 * - `vinyals`: 1,028 / 172 / 423 characters, the lists of Matching Networks and ProtoNets;
 * - `background`: by alphabet, as the data set's authors meant it: 25 background alphabets, the last five of them by name
 *   for validation, 20 evaluation alphabets for the test;
 * - `random`: 1,100 / 100 / 423 characters, shuffled with a seed, as in MAML, which published no lists.
 */
export type OmniglotSplit = 'vinyals' | 'background' | 'random';

const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

/**
 * Class indices of each split.
 *
 * @param seed - of the shuffle of `random`; without effect on the others.
 */
export function omniglotSplits(split: OmniglotSplit, seed = 0): ClassSplits {
  if (split === 'vinyals') return vinyalsSplits();
  if (split === 'random') {
    const order = [...createRng('omniglot').split(seed).permutation(1623)];
    return { train: order.slice(0, 1100), validation: order.slice(1100, 1200), test: order.slice(1200) };
  }
  const alphabets = omniglotIndex();
  const classes = (list: typeof alphabets) => list.flatMap(({ first, count }) => range(first, count));
  const background = alphabets.filter(({ set }) => set === 'background');
  return {
    train: classes(background.slice(0, 25)),
    validation: classes(background.slice(25)),
    test: classes(alphabets.filter(({ set }) => set === 'evaluation')),
  };
}
