import {
  type HostTensor,
  type Rng,
  requireInteger,
  type Split,
  type Stream,
  type StreamDistribution,
  TasklearnError,
} from '@tasklearn/core';
import type { ImageSet } from '../sampling/image-set.js';
import { assertDisjoint, type ClassSplits } from '../sampling/split-classes.js';

/** Options of few-shot tasks one after another. */
export type FewShotSequenceOptions = {
  /** T, tasks of a lifetime. */
  readonly tasks: number;
  /** N, classes of a task; no class is in two tasks of a lifetime. */
  readonly ways: number;
  /** Items of each class to learn from. */
  readonly itemsPerClass: number;
  /** Items of each class to test on, none of them learnt from. */
  readonly testItems: number;
  /** B, items that arrive at once; divides the items of a task. */
  readonly batchSize: number;
  /** Items a learner may keep; null for no limit. */
  readonly storage: number | null;
};

/** Forty tasks of five classes, 14 items of each in steps of five, the other six to test on, no limit to what is kept. */
export const fewShotSequenceDefaults: FewShotSequenceOptions = {
  tasks: 40,
  ways: 5,
  itemsPerClass: 14,
  testItems: 6,
  batchSize: 5,
  storage: null,
};

function check(id: string, images: ImageSet, splits: ClassSplits, options: FewShotSequenceOptions): void {
  for (const key of ['tasks', 'itemsPerClass', 'testItems', 'batchSize'] as const)
    requireInteger(id, options, key);
  requireInteger(id, options, 'ways', 2);
  if (options.storage !== null) requireInteger(id, { storage: options.storage }, 'storage', 0);
  assertDisjoint(id, images, splits);
  const refuse = (key: string, rule: string, received: number) => {
    const message = `${id}: option \`${key}\` must be ${rule}, got ${received}.`;
    throw new TasklearnError('INVALID_OPTION', message, { owner: id, key, received });
  };
  const { tasks, ways, itemsPerClass, testItems, batchSize } = options;
  const most = Math.floor(Math.min(splits.train.length, splits.test.length) / ways);
  if (tasks > most) refuse('tasks', `at most ${most}, so many have classes of their own`, tasks);
  if ((ways * itemsPerClass) % batchSize !== 0)
    refuse('batchSize', `a divisor of the ${ways * itemsPerClass} items of a task`, batchSize);
  const sizes = [...splits.train, ...splits.test].map(
    (index) => (images.starts[index + 1] as number) - (images.starts[index] as number),
  );
  const least = Math.min(...sizes);
  if (itemsPerClass + testItems > least)
    refuse('itemsPerClass', `with \`testItems\` at most ${least}`, itemsPerClass + testItems);
}

/** An item: its number in the image set, and its label in the task. */
type Item = { readonly index: number; readonly label: number };

function lifetime(
  images: ImageSet,
  classes: readonly number[],
  options: FewShotSequenceOptions,
  rng: Rng,
): Stream {
  const { tasks, ways, itemsPerClass, testItems, batchSize } = options;
  const size = images.side ** 2;
  const order = rng.split('classes').permutation(classes.length);
  const dealt = Array.from({ length: tasks }, (_, task) => {
    const own = rng.split('task').split(task);
    const learnt: Item[] = [];
    const asked: Item[] = [];
    for (let label = 0; label < ways; label += 1) {
      const chosen = classes[order[task * ways + label] as number] as number;
      const first = images.starts[chosen] as number;
      const places = own.split(label).permutation((images.starts[chosen + 1] as number) - first);
      const items = Array.from(places, (place) => ({ index: first + place, label }));
      learnt.push(...items.slice(0, itemsPerClass));
      asked.push(...items.slice(itemsPerClass, itemsPerClass + testItems));
    }
    const shuffled = own.split('order').permutation(learnt.length);
    return { learnt: Array.from(shuffled, (place) => learnt[place] as Item), asked };
  });
  const shown = (items: readonly Item[]) => {
    const data = new Float32Array(items.length * size);
    for (const [place, { index }] of items.entries())
      for (let pixel = 0; pixel < size; pixel += 1)
        data[place * size + pixel] = (images.pixels[index * size + pixel] as number) / 255;
    const inputs: HostTensor = {
      dtype: 'float32',
      shape: [items.length, images.side, images.side, 1],
      data,
    };
    const labels = Int32Array.from(items, ({ label }) => label);
    return { inputs, targets: { dtype: 'int32', shape: [items.length], data: labels } } as const;
  };
  const perTask = (ways * itemsPerClass) / batchSize;
  const of = (task: number) => dealt[task] as (typeof dealt)[number];
  return {
    length: tasks * perTask,
    step(t) {
      const task = Math.floor(t / perTask);
      const first = (t % perTask) * batchSize;
      return { ...shown(of(task).learnt.slice(first, first + batchSize)), task };
    },
    testSet: (task) => shown(of(task).asked),
  };
}

/**
 * Few-shot tasks one after another: N new classes each, whose labels say nothing that an earlier task could have taught. What can be
 * learnt across tasks is how to learn one. The task is always told.
 *
 * @param images - sorted by class.
 * @throws `INVALID_OPTION` for a value out of range, or more tasks or items than there are.
 */
export function fewShotSequence(
  id: string,
  images: ImageSet,
  splits: ClassSplits,
  given: Partial<FewShotSequenceOptions> = {},
): StreamDistribution {
  const options = { ...fewShotSequenceDefaults, ...given };
  check(id, images, splits, options);
  const { tasks, ways, batchSize, storage } = options;
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [images.side, images.side, 1], dtype: 'float32', minimum: 0, maximum: 1 },
      target: { kind: 'classification', classes: ways },
      loss: 'crossEntropy',
      order: 'piecewise',
      boundaries: 'discrete',
      boundariesKnown: true,
      taskLabels: 'always',
      batchSize,
      tasks,
      storage: storage ?? Number.POSITIVE_INFINITY,
    },
    stream: (split: Split, index: number, rng: Rng) =>
      lifetime(images, splits[split], options, rng.split(split).split(index)),
  };
}
