import {
  type Rng,
  requireInRange,
  requireInteger,
  type Split,
  type Stream,
  type StreamDistribution,
  TasklearnError,
} from '@tasklearn/core';
import type { ImageSet } from '../sampling/image-set.js';
import { assertDisjoint, type ClassSplits } from '../sampling/split-classes.js';

/** Options of classes that change behind their labels. */
export type SwitchingClassesOptions = {
  /** N, labels. */
  readonly labels: number;
  /** T, items of a lifetime. */
  readonly length: number;
  /** λ, probability that every label gets a new class at an item. */
  readonly hazard: number;
  /** Whether the learner is told the number of the segment: for oracles. */
  readonly told: boolean;
};

/** Five labels, a hundred items, a change every twenty on average, nothing told. */
export const switchingClassesDefaults: SwitchingClassesOptions = {
  labels: 5,
  length: 100,
  hazard: 0.05,
  told: false,
};

function lifetime(
  images: ImageSet,
  classes: readonly number[],
  { labels, length, hazard }: SwitchingClassesOptions,
  rng: Rng,
): Stream {
  const size = images.side ** 2;
  const switches = rng.split('switches');
  const segments = new Int32Array(length);
  for (let t = 1; t < length; t += 1)
    segments[t] = (segments[t - 1] as number) + (switches.next() < hazard ? 1 : 0);
  const drawn = new Map<number, Int32Array>();
  const classesOf = (task: number) => {
    const known = drawn.get(task) ?? rng.split('segment').split(task).permutation(classes.length);
    drawn.set(task, known.subarray(0, labels));
    return known;
  };
  return {
    length,
    step(t) {
      const task = segments[t] as number;
      const item = rng.split('item').split(t);
      const label = item.integer(labels);
      const chosen = classes[classesOf(task)[label] as number] as number;
      const first = images.starts[chosen] as number;
      const place = first + item.integer((images.starts[chosen + 1] as number) - first);
      const data = Float32Array.from(
        images.pixels.subarray(place * size, (place + 1) * size),
        (byte) => byte / 255,
      );
      return {
        inputs: { dtype: 'float32', shape: [1, images.side, images.side, 1], data },
        targets: { dtype: 'int32', shape: [1], data: Int32Array.of(label) },
        task,
      };
    },
  };
}

/**
 * Few-shot classification as a stream: N labels, a class behind each; with probability λ at every item all labels get new classes,
 * and nobody says so. Only the images tell: a glance at one shows whether it is of a class met before. Classes of the splits are disjoint.
 *
 * @param images - sorted by class.
 * @throws `INVALID_OPTION` for a value out of range, or more labels than a split has classes.
 * @see Harrison, Sharma, Finn, Pavone. Continuous Meta-Learning without Tasks. NeurIPS 2020, section 5.2. arXiv:1912.08866.
 */
export function switchingClasses(
  id: string,
  images: ImageSet,
  splits: ClassSplits,
  given: Partial<SwitchingClassesOptions> = {},
): StreamDistribution {
  const options = { ...switchingClassesDefaults, ...given };
  requireInteger(id, options, 'labels', 2);
  requireInteger(id, options, 'length');
  requireInRange(id, options, 'hazard', 0, 1);
  assertDisjoint(id, images, splits);
  const most = Math.min(splits.train.length, splits.test.length);
  if (options.labels > most) {
    const message = `${id}: option \`labels\` must be at most ${most}, the classes of a split, got ${options.labels}.`;
    throw new TasklearnError('INVALID_OPTION', message, {
      owner: id,
      key: 'labels',
      received: options.labels,
    });
  }
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [images.side, images.side, 1], dtype: 'float32', minimum: 0, maximum: 1 },
      target: { kind: 'classification', classes: options.labels },
      loss: 'crossEntropy',
      order: 'piecewise',
      boundaries: 'continuous',
      boundariesKnown: options.told,
      batchSize: 1,
      tasks: 1,
      storage: Number.POSITIVE_INFINITY,
    },
    stream: (split: Split, index: number, rng: Rng) =>
      lifetime(images, splits[split], options, rng.split(split).split(index)),
  };
}
