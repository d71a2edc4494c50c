import {
  type Rng,
  requireInteger,
  type Split,
  type Stream,
  type StreamDistribution,
  TasklearnError,
} from '@tasklearn/core';
import type { ImageSet } from '../sampling/image-set.js';
import type { ClassSplits } from '../sampling/split-classes.js';

/** Options of classes that arrive one after another. */
export type ClassSequenceOptions = {
  /** N, classes of a lifetime. */
  readonly classes: number;
  /** Items of each class to learn from, one at a time. */
  readonly itemsPerClass: number;
  /** Items of each class to test on, none of them learnt from. */
  readonly testItems: number;
  /** Items a learner may keep; null for no limit. */
  readonly storage: number | null;
  /** Pixels along an edge after averaging blocks; must divide the images' side. */
  readonly side: number;
};

/** Fifty classes, 15 items each, the other five to test on, 14x14, nothing kept. */
export const classSequenceDefaults: ClassSequenceOptions = {
  classes: 50,
  itemsPerClass: 15,
  testItems: 5,
  storage: 0,
  side: 14,
};

function check(id: string, images: ImageSet, splits: ClassSplits, options: ClassSequenceOptions): void {
  for (const key of ['classes', 'itemsPerClass', 'testItems', 'side'] as const)
    requireInteger(id, options, key);
  if (options.storage !== null) requireInteger(id, { storage: options.storage }, 'storage', 0);
  const refuse = (key: string, rule: string, received: number) => {
    throw new TasklearnError('INVALID_OPTION', `${id}: option \`${key}\` must be ${rule}, got ${received}.`, {
      owner: id,
      key,
      received,
    });
  };
  if (images.side % options.side !== 0) refuse('side', `a divisor of ${images.side}`, options.side);
  if (options.classes > splits.test.length)
    refuse('classes', `at most ${splits.test.length}`, options.classes);
  const wanted = options.itemsPerClass + options.testItems;
  const sizes = [...splits.train, ...splits.test].map(
    (index) => (images.starts[index + 1] as number) - (images.starts[index] as number),
  );
  const least = Math.min(...sizes);
  if (wanted > least) refuse('itemsPerClass', `with \`testItems\` at most ${least}`, wanted);
}

/** An image as side² numbers in [0, 1], blocks averaged. */
function writeImage(images: ImageSet, item: number, side: number, out: Float32Array, offset: number): void {
  const block = images.side / side;
  const start = item * images.side ** 2;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (let y = 0; y < block; y++)
        for (let x = 0; x < block; x++)
          sum += images.pixels[start + (row * block + y) * images.side + column * block + x] as number;
      out[offset + row * side + column] = sum / (255 * block * block);
    }
  }
}

function sequence(
  images: ImageSet,
  classes: readonly number[],
  options: ClassSequenceOptions,
  rng: Rng,
): Stream {
  const { itemsPerClass, testItems, side } = options;
  const order = rng.split('order').permutation(classes.length);
  const drawn = Array.from(order.subarray(0, options.classes), (place) => {
    const label = classes[place] as number;
    const first = images.starts[label] as number;
    const count = (images.starts[label + 1] as number) - first;
    return rng
      .split('items')
      .split(place)
      .permutation(count)
      .map((item) => first + item);
  });
  const set = (task: number, first: number, count: number) => {
    const inputs = new Float32Array(count * side * side);
    for (let place = 0; place < count; place++)
      writeImage(images, drawn[task]?.[first + place] as number, side, inputs, place * side * side);
    return {
      inputs: { dtype: 'float32', shape: [count, side, side, 1], data: inputs },
      targets: { dtype: 'int32', shape: [count], data: new Int32Array(count).fill(task) },
    } as const;
  };
  return {
    length: options.classes * itemsPerClass,
    step(t) {
      const task = Math.floor(t / itemsPerClass);
      return { ...set(task, t % itemsPerClass, 1), task };
    },
    testSet: (task) => set(task, itemsPerClass, testItems),
  };
}

/**
 * Classes that arrive one after another, one item at a time: the sequences on which representations for lifelong learning are
 * meta-learned and tested. Label k is the k-th class of the lifetime; classes of the splits are disjoint.
 *
 * @param images - sorted by class.
 * @throws `INVALID_OPTION` for a value out of range, or more classes or items than there are.
 * @see Javed, White. Meta-Learning Representations for Continual Learning. NeurIPS 2019.
 */
export function classSequence(
  id: string,
  images: ImageSet,
  splits: ClassSplits,
  given: Partial<ClassSequenceOptions> = {},
): StreamDistribution {
  const options = { ...classSequenceDefaults, ...given };
  check(id, images, splits, options);
  const { classes, storage, side } = options;
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [side, side, 1], dtype: 'float32', minimum: 0, maximum: 1 },
      target: { kind: 'classification', classes },
      loss: 'crossEntropy',
      order: 'piecewise',
      boundaries: 'discrete',
      boundariesKnown: true,
      taskLabels: 'learning',
      batchSize: 1,
      tasks: classes,
      storage: storage ?? Number.POSITIVE_INFINITY,
    },
    stream: (split: Split, index: number, rng: Rng) =>
      sequence(images, splits[split], options, rng.split(split).split(index)),
  };
}
