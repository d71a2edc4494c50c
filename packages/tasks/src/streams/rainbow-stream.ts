import {
  type HostTensor,
  type Rng,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  type Split,
  type Stream,
  type StreamDistribution,
  TasklearnError,
} from '@tasklearn/core';
import type { ImagePart, ImageSource } from './image-source.js';
import { rotateImage } from './rotate-image.js';

/** Options of images on a coloured ground, turned and scaled. */
export type RainbowOptions = {
  /** `rainbow`: seven colours by two scales by four quarters; `plain`: black, as they are, in every task. */
  readonly look: 'rainbow' | 'plain';
  /** Whether every task names the classes anew, so that what an earlier task called them is of no use. */
  readonly relabel: boolean;
  /** T, tasks of a lifetime; at most 56 of a rainbow. */
  readonly tasks: number;
  /** Items of each task, a multiple of `batchSize`. */
  readonly itemsPerTask: number;
  /** Test items of each task. */
  readonly testItems: number;
  /** B, items that arrive at once. */
  readonly batchSize: number;
  /** Standard deviation of the noise on every colour of every pixel, >= 0. */
  readonly noise: number;
  /** Items a learner may keep; null for no limit. */
  readonly storage: number | null;
};

/** All 56 tasks of a rainbow, labels kept, 900 items in steps of 20, 200 test items each, no noise, no limit to what is kept. */
export const rainbowDefaults: RainbowOptions = {
  look: 'rainbow',
  relabel: false,
  tasks: 56,
  itemsPerTask: 900,
  testItems: 200,
  batchSize: 20,
  noise: 0,
  storage: null,
};

/** Red, orange, yellow, green, blue, indigo, violet. */
const colours: readonly (readonly [number, number, number])[] = [
  [1, 0, 0],
  [1, 0.5, 0],
  [1, 1, 0],
  [0, 1, 0],
  [0, 0, 1],
  [0.3, 0, 0.5],
  [0.9, 0.5, 0.9],
];

/** How a task looks. */
type Kind = {
  readonly colour: readonly [number, number, number];
  readonly scale: number;
  readonly quarters: number;
};

const plain: Kind = { colour: [0, 0, 0], scale: 1, quarters: 0 };

/** Every colour with every scale and every quarter. */
const kinds: readonly Kind[] = colours.flatMap((colour) =>
  [1, 0.5].flatMap((scale) => [0, 1, 2, 3].map((quarters) => ({ colour, scale, quarters }))),
);

/** Half as large, in the middle: means of blocks of four, the edge's colour around them. */
function halved(image: Float32Array, side: number): Float32Array {
  const out = new Float32Array(side * side);
  const half = Math.floor(side / 2);
  const offset = Math.floor((side - half) / 2);
  for (let row = 0; row < half; row += 1)
    for (let column = 0; column < half; column += 1) {
      const at = 2 * row * side + 2 * column;
      const sum =
        (image[at] as number) +
        (image[at + 1] as number) +
        (image[at + side] as number) +
        (image[at + side + 1] as number);
      out[(row + offset) * side + column + offset] = sum / 4;
    }
  return out;
}

function lifetime(source: ImageSource, options: RainbowOptions, rng: Rng): Stream {
  const { tasks, itemsPerTask, testItems, batchSize, noise, look, relabel } = options;
  const { side, classes } = source;
  const order = rng.split('order').permutation(kinds.length);
  const drawn = Array.from({ length: tasks }, (_, task) => {
    const own = rng.split('items').split(task);
    const pick = (part: ImagePart, count: number) =>
      own.split(part).permutation(source.count(part)).slice(0, count);
    return {
      kind: look === 'plain' ? plain : (kinds[order[task] as number] as Kind),
      train: pick('train', itemsPerTask),
      test: pick('test', testItems),
      names: relabel ? own.split('names').permutation(classes) : undefined,
    };
  });
  const set = (task: number, part: ImagePart, first: number, count: number) => {
    const { kind, names, [part]: items } = drawn[task] as (typeof drawn)[number];
    const { colour, scale, quarters } = kind;
    const inputs = new Float32Array(count * side * side * 3);
    const targets = new Int32Array(count);
    const image = new Float32Array(side * side);
    const turned = new Float32Array(side * side);
    for (let place = 0; place < count; place += 1) {
      const index = items[first + place] as number;
      const own = rng
        .split('noise')
        .split(task)
        .split(part)
        .split(first + place);
      source.write(part, index, image, 0);
      const label = source.label(part, index);
      targets[place] = names?.[label] ?? label;
      const scaled = scale === 1 ? image : halved(image, side);
      rotateImage(scaled, side, (quarters * Math.PI) / 2, turned);
      for (const [pixel, ink] of turned.entries())
        for (const channel of [0, 1, 2] as const) {
          // White ink on the ground's colour.
          const value = ink + (1 - ink) * colour[channel];
          const at = (place * side * side + pixel) * 3 + channel;
          inputs[at] = noise === 0 ? value : value + noise * own.gaussian();
        }
    }
    const shape = [count, side, side, 3];
    const hosted: HostTensor = { dtype: 'float32', shape, data: inputs };
    return { inputs: hosted, targets: { dtype: 'int32', shape: [count], data: targets } } as const;
  };
  const perTask = itemsPerTask / batchSize;
  return {
    length: tasks * perTask,
    step(t) {
      const task = Math.floor(t / perTask);
      return { ...set(task, 'train', (t % perTask) * batchSize, batchSize), task };
    },
    testSet: (task) => set(task, 'test', 0, testItems),
  };
}

function check(id: string, source: ImageSource, options: RainbowOptions): void {
  requireOneOf(id, options, 'look', ['rainbow', 'plain']);
  requireInteger(id, options, 'tasks', 1, options.look === 'plain' ? 10_000 : kinds.length);
  requireInteger(id, options, 'batchSize');
  requireInteger(id, options, 'itemsPerTask', 1, source.count('train'));
  requireInteger(id, options, 'testItems', 1, source.count('test'));
  requireNonNegative(id, options, 'noise');
  if (options.storage !== null) requireInteger(id, { storage: options.storage }, 'storage', 0);
  if (options.itemsPerTask % options.batchSize === 0) return;
  const message = `${id}: option \`itemsPerTask\` must be a multiple of \`batchSize\`, got ${options.itemsPerTask}.`;
  throw new TasklearnError('INVALID_OPTION', message, { owner: id, key: 'itemsPerTask' });
}

/**
 * Rainbow images: the same classes in 56 tasks, seven colours of the ground by two scales by four quarters, in random order. The stream
 * on which a learner may get faster at learning a task the more tasks it has seen. With `relabel` one network cannot be right for two
 * tasks: what can be learnt across them is how to learn one. The task is always told.
 *
 * @param source - images with even sides, such as MNIST.
 * @throws `INVALID_OPTION` for a value out of range, or more items than there are.
 * @see Finn, Rajeswaran, Kakade, Levine. Online Meta-Learning. ICML 2019, section 5.1. arXiv:1902.08438.
 */
export function rainbowStream(
  id: string,
  source: ImageSource,
  given: Partial<RainbowOptions> = {},
): StreamDistribution {
  const options = { ...rainbowDefaults, ...given };
  check(id, source, options);
  const { tasks, batchSize, storage } = options;
  const { side, classes } = source;
  return {
    kind: 'stream',
    id,
    spec: {
      input: { shape: [side, side, 3], dtype: 'float32' },
      target: { kind: 'classification', classes },
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
      lifetime(source, options, rng.split(split).split(index)),
  };
}
