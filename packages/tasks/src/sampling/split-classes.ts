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

/** @throws `INVALID_OPTION` if a class is in two splits, or a split that has classes has too few of them or of their images. */
export function assertSplits(
  id: string,
  images: ImageSet,
  splits: ClassSplits,
  options: FewShotOptions,
): void {
  const { ways, shots, queries } = options;
  const fail = (message: string, details: object) => {
    throw new TasklearnError('INVALID_OPTION', `${id}: ${message}`, { owner: id, ...details });
  };
  const seen = new Map<number, Split>();
  for (const split of splitNames) {
    const { length } = splits[split];
    if (length > 0 && length < ways) {
      fail(`${ways} ways need as many classes, the ${split} split has ${length}. Ask for fewer.`, {
        key: 'ways',
        split,
        expected: ways,
        received: length,
      });
    }
    for (const index of splits[split]) {
      const before = seen.get(index);
      const name = images.classNames[index];
      if (before !== undefined)
        fail(`class ${name} is in the ${before} and the ${split} split.`, { index, split });
      seen.set(index, split);
      const items = (images.starts[index + 1] as number) - (images.starts[index] as number);
      if (items >= shots + queries) continue;
      fail(
        `${shots} shots and ${queries} queries need ${shots + queries} images of a class, ${name} has ${items}. Ask for fewer.`,
        { key: 'queries', split, expected: shots + queries, received: items },
      );
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
