import {
  createRng,
  type JointDistribution,
  type PartialOptions,
  type Rng,
  requireInRange,
  requireInteger,
  requireOneOf,
  resolveOptions,
  type Split,
  TasklearnError,
} from '@tasklearn/core';
import { inMemoryTasks, type TaskItems } from '../suites/in-memory-tasks.js';
import type { LabelledImages } from './labelled-images.js';

/** Images to train on and to test on. */
export type ImageParts = { readonly train: LabelledImages; readonly test: LabelledImages };

/** The dials of {@link imageTasks}. */
export type ImageTasksOptions = {
  /** Fixes images and permutations. */
  readonly seed: number;
  /** T. */
  readonly tasks: number;
  /** Share q of the pixels that every task but the first has in an order of its own, in [0, 1]. */
  readonly permutedPixels: number;
  /** Whether every task but the first has its labels in an order of its own: the same image, another answer. */
  readonly permutedLabels: boolean;
  /** Pixels are averaged over squares of so many. */
  readonly shrink: 1 | 2 | 4;
  /** Training images of each task and class. */
  readonly itemsPerClass: number;
  /** Items of each task. */
  readonly validationItems: number;
  readonly testItems: number;
};

/** Five alike tasks of 14 x 14 pixels with 20 images per class. */
export const imageTasksDefaults: ImageTasksOptions = {
  seed: 0,
  tasks: 5,
  permutedPixels: 0,
  permutedLabels: false,
  shrink: 2,
  itemsPerClass: 20,
  validationItems: 500,
  testItems: 1_000,
};

const classes = 10;

/** One image, shrunk, as numbers in [0, 1]. */
function pixelsOf({ pixels, side }: LabelledImages, image: number, by: number): Float32Array {
  const small = side / by;
  return Float32Array.from({ length: small * small }, (_, at) => {
    const [row, column] = [Math.floor(at / small), at % small];
    let sum = 0;
    for (let y = 0; y < by; y += 1)
      for (let x = 0; x < by; x += 1)
        sum += pixels[(image * side + row * by + y) * side + column * by + x] as number;
    return sum / (255 * by * by);
  });
}

/** An order of all places in which a share of them, drawn at random, is permuted. */
function partialPermutation(size: number, share: number, rng: Rng): Int32Array {
  const moved = rng
    .split('which')
    .permutation(size)
    .subarray(0, Math.round(share * size));
  const order = Int32Array.from({ length: size }, (_, at) => at);
  const among = rng.split('order').permutation(moved.length);
  for (const [place, at] of moved.entries()) order[at] = moved[among[place] as number] as number;
  return order;
}

/** So many images of each class, drawn without repetition from those not taken. */
function perClass(images: LabelledImages, count: number, rng: Rng, taken: Set<number>): Int32Array {
  const left = new Array<number>(classes).fill(count);
  const chosen: number[] = [];
  for (const image of rng.permutation(images.count)) {
    const label = images.labels[image] as number;
    if (left[label] === 0 || taken.has(image)) continue;
    left[label]! -= 1;
    taken.add(image);
    chosen.push(image);
    if (chosen.length === count * classes) break;
  }
  return Int32Array.from(chosen);
}

/** A task's view of its images: pixels and labels in its own order. */
function view(
  images: LabelledImages,
  which: Int32Array,
  own: { readonly pixels: Int32Array; readonly labels: Int32Array; readonly shrink: number },
): TaskItems {
  const size = own.pixels.length;
  const inputs = new Float32Array(which.length * size);
  for (const [item, image] of which.entries()) {
    const plain = pixelsOf(images, image, own.shrink);
    for (let at = 0; at < size; at += 1) inputs[item * size + at] = plain[own.pixels[at] as number] as number;
  }
  const targets = Int32Array.from(which, (image) => own.labels[images.labels[image] as number] as number);
  return { inputs, targets };
}

function validate(id: string, all: ImageTasksOptions, parts: readonly ImageParts[]): void {
  for (const key of ['tasks', 'itemsPerClass', 'validationItems', 'testItems'] as const)
    requireInteger(id, all, key, 1);
  requireInRange(id, all, 'permutedPixels', 0, 1);
  requireOneOf(id, all, 'shrink', [1, 2, 4]);
  const users = Math.ceil(all.tasks / parts.length);
  const needed = all.itemsPerClass * users;
  const rarest = Math.min(
    ...parts.map(({ train: { labels } }) =>
      Math.min(
        ...Array.from({ length: classes }, (_, label) => labels.filter((own) => own === label).length),
      ),
    ),
  );
  if (needed <= rarest) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${id}: ${all.tasks} tasks of ${all.itemsPerClass} images per class need ${needed} of each, and there are ${rarest}. Lower \`tasks\` or \`itemsPerClass\`.`,
    { owner: id, key: 'itemsPerClass', received: all.itemsPerClass },
  );
}

/**
 * Tasks of ten classes on images of their own, which are alike, or are set against each other by dials: a share of the pixels in an
 * order of each task's own (other inputs: a shared first layer is in the way), labels in an order of its own (the same
 * inputs, other answers: only heads may differ). No training image is in two tasks.
 *
 * @param parts - where images come from: task t takes those of `parts[t % parts.length]`.
 * @throws `INVALID_OPTION` for a value out of range or too few images.
 */
export function imageTasks(
  id: string,
  parts: readonly { readonly name: string; readonly images: ImageParts }[],
  given: PartialOptions<ImageTasksOptions> = {},
): JointDistribution {
  const all = resolveOptions(id, imageTasksDefaults, given as object) as ImageTasksOptions;
  validate(
    id,
    all,
    parts.map(({ images }) => images),
  );
  const side = ((parts[0] as (typeof parts)[number]).images.train.side as number) / all.shrink;
  const rng = createRng(all.seed).split('image tasks');
  const taken = parts.map(() => new Set<number>());
  const sourceOf = (task: number) => task % parts.length;
  const items: Record<Split, TaskItems[]> = { train: [], validation: [], test: [] };
  for (let task = 0; task < all.tasks; task += 1) {
    const own = rng.split(task);
    const { train, test } = (parts[sourceOf(task)] as (typeof parts)[number]).images;
    const isPermuted = all.permutedLabels && task > 0;
    const identity = Int32Array.from({ length: classes }, (_, label) => label);
    const seen = {
      pixels: partialPermutation(side * side, task === 0 ? 0 : all.permutedPixels, own.split('pixels')),
      labels: isPermuted ? own.split('labels').permutation(classes) : identity,
      shrink: all.shrink,
    };
    const used = taken[sourceOf(task)] as Set<number>;
    items.train.push(view(train, perClass(train, all.itemsPerClass, own.split('train'), used), seen));
    const free = own
      .split('validation')
      .permutation(train.count)
      .filter((image) => !used.has(image));
    items.validation.push(view(train, free.subarray(0, all.validationItems), seen));
    items.test.push(view(test, own.split('test').permutation(test.count).subarray(0, all.testItems), seen));
  }
  const group = { target: { kind: 'classification', classes }, loss: 'crossEntropy' } as const;
  return inMemoryTasks({
    id,
    inputShape: [side, side, 1],
    tasks: items.train.map((_, task) => ({
      id:
        parts.length === 1
          ? `${task}`
          : `${(parts[sourceOf(task)] as (typeof parts)[number]).name} ${Math.floor(task / parts.length)}`,
      group: 'classes',
    })),
    groups: { classes: group },
    items,
    sharedInputs: false,
  });
}
