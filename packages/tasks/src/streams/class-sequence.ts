import {
  type Rng,
  requireInteger,
  requireOneOf,
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
  /** What test sets hold: `testItems` items of each class that are never learnt, or the `itemsPerClass` that are. */
  readonly testOn: 'heldOut' | 'seen';
  /** `shuffled`: the same items in random order, as one task with one test set: the oracle of identically distributed data. */
  readonly order: 'sequence' | 'shuffled';
};

/** Fifty classes, 15 items each, the other five to test on, 14x14. What may be kept is not limited. */
export const classSequenceDefaults: ClassSequenceOptions = {
  classes: 50,
  itemsPerClass: 15,
  testItems: 5,
  storage: null, // A default of null lets plans say null, too.
  side: 14,
  testOn: 'heldOut',
  order: 'sequence',
};

function check(id: string, images: ImageSet, splits: ClassSplits, options: ClassSequenceOptions): void {
  for (const key of ['classes', 'itemsPerClass', 'testItems', 'side'] as const)
    requireInteger(id, options, key);
  requireOneOf(id, options, 'testOn', ['heldOut', 'seen']);
  requireOneOf(id, options, 'order', ['sequence', 'shuffled']);
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
  const set = (places: readonly (readonly [task: number, place: number])[]) => {
    const inputs = new Float32Array(places.length * side * side);
    for (const [at, [task, place]] of places.entries())
      writeImage(images, drawn[task]?.[place] as number, side, inputs, at * side * side);
    return {
      inputs: { dtype: 'float32', shape: [places.length, side, side, 1], data: inputs },
      targets: { dtype: 'int32', shape: [places.length], data: Int32Array.from(places, ([task]) => task) },
    } as const;
  };
  const [first, count] = options.testOn === 'seen' ? [0, itemsPerClass] : [itemsPerClass, testItems];
  const tested = (task: number) =>
    Array.from({ length: count }, (_, place) => [task, first + place] as const);
  const length = options.classes * itemsPerClass;
  const at = (t: number) => [Math.floor(t / itemsPerClass), t % itemsPerClass] as const;
  if (options.order === 'shuffled') {
    const shuffled = rng.split('shuffle').permutation(length);
    return {
      length,
      step: (t) => ({ ...set([at(shuffled[t] as number)]), task: 0 }),
      testSet: () => set(Array.from({ length: options.classes }, (_, task) => tested(task)).flat()),
    };
  }
  return {
    length,
    step: (t) => ({ ...set([at(t)]), task: at(t)[0] }),
    testSet: (task) => set(tested(task)),
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
  const shuffled = options.order === 'shuffled';
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [side, side, 1], dtype: 'float32', minimum: 0, maximum: 1 },
      target: { kind: 'classification', classes },
      loss: 'crossEntropy',
      order: shuffled ? 'iid' : 'piecewise',
      boundaries: 'discrete',
      boundariesKnown: true,
      taskLabels: 'learning',
      batchSize: 1,
      tasks: shuffled ? 1 : classes,
      storage: storage ?? Number.POSITIVE_INFINITY,
    },
    stream: (split: Split, index: number, rng: Rng) =>
      sequence(images, splits[split], options, rng.split(split).split(index)),
  };
}
