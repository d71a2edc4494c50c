import { createRng, type Split, TasklearnError } from '@tasklearn/core';
import type { FewShotOptions } from './few-shot-options.js';
import type { ImageSet } from './image-set.js';

/** Which classes of an image set each split may use; no class is in two. */
export type ClassSplits = Readonly<Record<Split, readonly number[]>>;

/** A class as episodes see it: one of the set's, turned by so many quarters to the left. */
export interface TurnedClass {
  readonly index: number;
  readonly turns: number;
}

/** The names of the splits. */
export const splitNames = ['train', 'validation', 'test'] as const;

/** @throws `INVALID_OPTION` if a class is in two splits. */
export function assertDisjoint(id: string, images: ImageSet, splits: ClassSplits): void {
  const seen = new Map<number, Split>();
  for (const split of splitNames) {
    for (const index of splits[split]) {
      const before = seen.get(index);
      if (before !== undefined) {
        const message = `${id}: class ${images.classNames[index]} is in the ${before} and the ${split} split. Leave it in one.`;
        throw new TasklearnError('INVALID_OPTION', message, { owner: id, index, split });
      }
      seen.set(index, split);
    }
  }
}

/** The classes of each split, its rotations included. */
export function turnedClasses(
  splits: ClassSplits,
  rotations: FewShotOptions['rotations'],
): Readonly<Record<Split, readonly TurnedClass[]>> {
  const of = (split: Split) => {
    const turned = rotations === 'all' || (rotations === 'train' && split === 'train');
    return (turned ? [0, 1, 2, 3] : [0]).flatMap((turns) => splits[split].map((index) => ({ index, turns })));
  };
  return { train: of('train'), validation: of('validation'), test: of('test') };
}

/** For fixed labels: the classes of a split dealt at random, always alike, into one group per label. */
export function labelGroups(classes: number, ways: number, split: Split): readonly Int32Array[] {
  const order = createRng('fixed labels').split(split).permutation(classes);
  return Array.from({ length: ways }, (_, label) => order.filter((_, position) => position % ways === label));
}
