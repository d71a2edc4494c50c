import {
  type HostTensor,
  type Rng,
  type Split,
  type Stream,
  type StreamDistribution,
  TasklearnError,
} from '@tasklearn/core';
import type { ImagePart, ImageSource } from './image-source.js';
import {
  checkImageStream,
  type ImageStreamOptions,
  imageStreamDefaults,
  imageStreamSpec,
} from './image-stream-options.js';
import { rotateImage } from './rotate-image.js';

/** What makes an item of a task from an image. */
type Change = (image: Float32Array, out: Float32Array) => Float32Array;

interface ImageTask {
  readonly change: Change;
  /** Items of each part, by their number in the source. */
  readonly items: Readonly<Record<ImagePart, Int32Array>>;
  readonly label: (original: number) => number;
}

function permutedBy(order: Int32Array): Change {
  return (image, out) => {
    for (let pixel = 0; pixel < order.length; pixel++) out[pixel] = image[order[pixel] as number] as number;
    return out;
  };
}

/** The first `count` of the items in random order that pass, round again if there are too few. */
function drawItems(
  source: ImageSource,
  part: ImagePart,
  count: number,
  passes: (label: number) => boolean,
  rng: Rng,
) {
  const total = source.count(part);
  const found: number[] = [];
  for (const index of rng.permutation(total)) {
    if (!passes(source.label(part, index))) continue;
    found.push(index);
    if (found.length === count) break;
  }
  if (found.length > 0)
    return Int32Array.from({ length: count }, (_, place) => found[place % found.length] as number);
  throw new TasklearnError('INVALID_OPTION', `imageStream: no ${part} items of a task. Use other classes.`, {
    part,
  });
}

function imageTask(source: ImageSource, options: ImageStreamOptions, task: number, rng: Rng): ImageTask {
  const { protocol, scenario, tasks, itemsPerTask, testItems, largestAngle } = options;
  const { side, classes } = source;
  const each = classes / tasks;
  // One order of the classes for the whole lifetime: task k has the places [k each, (k + 1) each).
  const order = rng.split('classes').permutation(classes);
  const place = new Int32Array(classes);
  for (const [index, label] of order.entries()) place[label] = index;
  const split = protocol === 'split';
  const passes = (label: number) => !split || Math.floor((place[label] as number) / each) === task;
  const own = rng.split('task').split(task);
  const draw = (part: ImagePart, count: number) => drawItems(source, part, count, passes, own.split(part));
  const items = { train: draw('train', itemsPerTask), test: draw('test', testItems) };
  const label = (original: number) => {
    if (!split) return original;
    return scenario === 'domain' ? (place[original] as number) % each : (place[original] as number);
  };
  if (protocol === 'permuted')
    return { change: permutedBy(own.split('pixels').permutation(side * side)), items, label };
  if (split) return { change: (image) => image, items, label };
  const share = (task + own.split('angle').next()) / tasks;
  const angle = (share * largestAngle * Math.PI) / 180;
  return { change: (image, out) => rotateImage(image, side, angle, out), items, label };
}

/** An item of a task. */
type Place = { readonly task: ImageTask; readonly index: number };

function batch(source: ImageSource, part: ImagePart, places: readonly Place[]) {
  const size = source.side ** 2;
  const count = places.length;
  const image = new Float32Array(size);
  const changed = new Float32Array(size);
  const inputs = new Float32Array(count * size);
  const targets = new Int32Array(count);
  for (const [place, { task, index }] of places.entries()) {
    const item = task.items[part][index] as number;
    source.write(part, item, image, 0);
    inputs.set(task.change(image, changed), place * size);
    targets[place] = task.label(source.label(part, item));
  }
  const host = (shape: readonly number[], data: HostTensor['data'], dtype: HostTensor['dtype']) => ({
    dtype,
    shape,
    data,
  });
  return { inputs: host([count, size], inputs, 'float32'), targets: host([count], targets, 'int32') };
}

/** What was made before, or makes it. */
function once<Value>(known: Map<number, Value>, key: number, make: () => Value): Value {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}

/** The task of every step. */
function taskOrder({ order, tasks, segment }: ImageStreamOptions, length: number, rng: Rng): Int32Array {
  const made = new Int32Array(length);
  const own = rng.split('order');
  let task = order === 'switching' ? own.integer(tasks) : 0;
  for (let t = 0; t < length; t += 1) {
    if (order === 'sequence') task = Math.floor((t * tasks) / length);
    else if (order === 'periodic') task = Math.floor(t / segment) % tasks;
    else if (t > 0 && tasks > 1 && own.next() < 1 / segment)
      task = (task + 1 + own.integer(tasks - 1)) % tasks;
    made[t] = task;
  }
  return made;
}

/** How often the task of a step came before it. */
function earlierSteps(order: Int32Array): Int32Array {
  const counts = new Map<number, number>();
  return order.map((task) => {
    const count = counts.get(task) ?? 0;
    counts.set(task, count + 1);
    return count;
  });
}

function imageStreamOf(source: ImageSource, options: ImageStreamOptions, rng: Rng): Stream {
  const { tasks, itemsPerTask, testItems, batchSize, passes } = options;
  const perPass = itemsPerTask / batchSize;
  const made = new Map<number, ImageTask>();
  const tests = new Map<number, ReturnType<typeof batch>>();
  const taskOf = (task: number) => once(made, task, () => imageTask(source, options, task, rng));
  const places = (task: number, first: number, count: number): readonly Place[] =>
    Array.from({ length: count }, (_, place) => ({ task: taskOf(task), index: first + place }));
  const length = tasks * passes * perPass;
  const order = taskOrder(options, length, rng);
  const earlier = earlierSteps(order);
  return {
    length,
    step(t) {
      const task = order[t] as number;
      const first = ((earlier[t] as number) % perPass) * batchSize;
      return { ...batch(source, 'train', places(task, first, batchSize)), task };
    },
    testSet: (task) => once(tests, task, () => batch(source, 'test', places(task, 0, testItems))),
  };
}

/** The same items in random order, every pass in the same one; one test set, that of all tasks. */
function shuffledStreamOf(source: ImageSource, options: ImageStreamOptions, rng: Rng): Stream {
  const { tasks, itemsPerTask, testItems, batchSize, passes } = options;
  const made = Array.from({ length: tasks }, (_, task) => imageTask(source, options, task, rng));
  const order = rng.split('shuffle').permutation(tasks * itemsPerTask);
  const perPass = order.length / batchSize;
  const place = (item: number, each: number): Place => ({
    task: made[Math.floor(item / each)] as ImageTask,
    index: item % each,
  });
  let test: ReturnType<typeof batch> | undefined;
  return {
    length: passes * perPass,
    step(t) {
      const first = (t % perPass) * batchSize;
      const own = Array.from(order.subarray(first, first + batchSize), (item) => place(item, itemsPerTask));
      return { ...batch(source, 'train', own), task: 0 };
    },
    testSet() {
      const all = Array.from({ length: tasks * testItems }, (_, item) => place(item, testItems));
      test ??= batch(source, 'test', all);
      return test;
    },
  };
}

/**
 * Streams of image classification whose tasks permute the pixels, turn the images, or bring new classes, under the task-, domain-
 * and class-incremental scenarios.
 *
 * Only permutations differ between splits: the others have streams of the test split alone, in random orders and of random
 * images, and are no place to meta-train.
 *
 * @param source - `labelledImageSource` of MNIST, or `prototypeImages`.
 * @throws `INVALID_OPTION` for a value out of range; `UNSUPPORTED_TASK` for a split with no tasks of its own.
 * @see Lopez-Paz, Ranzato. Gradient Episodic Memory for Continual Learning. NeurIPS 2017, section 5.
 * van de Ven, Tuytelaars, Tolias. Three types of incremental learning. Nature Machine Intelligence, 2022.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { imageStream, prototypeDefaults, prototypeImages } from '@tasklearn/tasks';
 *
 * const images = prototypeImages(prototypeDefaults, createRng(0));
 * const { spec, stream } = imageStream('mine', images, { protocol: 'split', scenario: 'task', tasks: 5, itemsPerTask: 100 });
 * stream('test', 0, createRng(1)).length; // => 50
 * spec.taskClasses?.[1]; // => [2, 3]
 * ```
 */
export function imageStream(
  id: string,
  source: ImageSource,
  given: Partial<ImageStreamOptions> = {},
): StreamDistribution {
  const options = { ...imageStreamDefaults, ...given };
  checkImageStream(id, source, options);
  return {
    kind: 'stream',
    id,
    spec: imageStreamSpec(source, options),
    stream(split: Split, index: number, rng: Rng) {
      const make = options.order === 'shuffled' ? shuffledStreamOf : imageStreamOf;
      if (split === 'test' || options.protocol === 'permuted')
        return make(source, options, rng.split(split).split(index));
      throw new TasklearnError(
        'UNSUPPORTED_TASK',
        `${id}: tasks of '${options.protocol}' are the same in every split: there are streams of 'test' only. Meta-train on 'permuted', or on sequences of classes.`,
        { split, protocol: options.protocol },
      );
    },
  };
}
