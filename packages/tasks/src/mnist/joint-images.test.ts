import { createRegistry, type JointDistribution, TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../__fixtures__/shared-data.js';
import { tasksPlugin } from '../plugin.node.js';
import { digitPairs } from './digit-pairs.js';
import { imageTasks } from './image-tasks.js';
import type { LabelledImages } from './labelled-images.js';

/** 4 x 4 images; each of a class's own shade, with its number in the first pixel. */
function shades(count: number, first = 0): LabelledImages {
  const labels = Uint8Array.from({ length: count }, (_, image) => image % 10);
  const pixels = new Uint8Array(count * 16);
  for (let image = 0; image < count; image += 1) {
    pixels.fill(10 + 20 * (image % 10), image * 16, image * 16 + 16);
    pixels[image * 16] = first + Math.floor(image / 10);
  }
  return { pixels, labels, count, side: 4 };
}

const parts = { train: shades(240), test: shades(60, 100) };
const all = (count: number) => Int32Array.from({ length: count }, (_, item) => item);

describe('digit pairs', () => {
  const options = { shift: 2, shrink: 1, trainItems: 30, validationItems: 20, testItems: 25 } as const;

  it('lay one image to the upper left and one to the lower right', () => {
    const { spec, rows, sizes } = digitPairs('pairs', [parts, parts], options);
    expect(spec.input.shape).toEqual([6, 6, 1]);
    expect(sizes.test).toEqual([25, 25]);
    for (const split of ['train', 'validation', 'test'] as const) {
      const [upper, lower] = [0, 1].map((task) => rows(split, task, all(20)));
      expect(upper!.inputs.data).toEqual(lower!.inputs.data);
      for (let item = 0; item < 20; item += 1) {
        const at = (row: number, column: number) =>
          255 * (upper!.inputs.data[item * 36 + row * 6 + column] as number);
        const shade = (task: { targets: { data: ArrayLike<number> } }) =>
          10 + 20 * (task.targets.data[item] as number);
        expect(at(0, 1)).toBeCloseTo(shade(upper!), 3); // Only the upper left one reaches here,
        expect(at(5, 5)).toBeCloseTo(shade(lower!), 3); // only the lower right one here,
        expect(at(3, 3)).toBeCloseTo(Math.max(shade(upper!), shade(lower!)), 3); // and both here.
        expect(at(0, 5)).toBe(0);
      }
    }
  });

  it('shrink by means over squares', () => {
    const { spec, rows } = digitPairs('pairs', [parts, parts], { ...options, shrink: 2 });
    expect(spec.input.shape).toEqual([3, 3, 1]);
    const { inputs, targets } = rows('train', 1, all(1));
    expect(255 * (inputs.data[8] as number)).toBeCloseTo(10 + 20 * (targets.data[0] as number), 3);
  });

  it('refuse options out of range', () => {
    expect(() => digitPairs('pairs', [parts, parts], { shrink: 3 as never })).toThrow(TasklearnError);
    expect(() => digitPairs('pairs', [parts, parts], { trainItems: 0 })).toThrow(TasklearnError);
  });
});

describe('image tasks', () => {
  const options = { tasks: 3, itemsPerClass: 4, shrink: 1, validationItems: 30, testItems: 40 } as const;
  const one = [{ name: 'shades', images: parts }];

  it('hold so many images per class, and none twice', () => {
    const { rows, sizes, spec } = imageTasks('tasks', one, options);
    expect(sizes.train).toEqual([40, 40, 40]);
    expect(spec.sharedInputs).toBe(false);
    const seen = new Set<string>();
    for (let task = 0; task < 3; task += 1) {
      const { inputs, targets } = rows('train', task, all(40));
      const counts = new Array(10).fill(0);
      for (const [item, label] of targets.data.entries()) {
        counts[label] += 1;
        seen.add(`${label} ${Math.round(255 * (inputs.data[item * 16] as number))}`);
        expect(255 * (inputs.data[item * 16 + 5] as number)).toBeCloseTo(10 + 20 * label, 3);
      }
      expect(counts).toEqual(new Array(10).fill(4));
    }
    expect(seen.size).toBe(120);
  });

  it('permute pixels and labels of every task but the first', () => {
    const { rows } = imageTasks('tasks', one, { ...options, permutedPixels: 1, permutedLabels: true });
    const moved = [0, 1, 2].map((task) => {
      const { inputs, targets } = rows('test', task, all(40));
      let elsewhere = 0;
      let renamed = 0;
      for (const [item, label] of targets.data.entries()) {
        const own = inputs.data.subarray(item * 16, item * 16 + 16);
        if (255 * (own[0] as number) < 99.5) elsewhere += 1; // The number of the image is 100 and more.
        const shades = [...own].map((ink) => Math.round(255 * ink)).sort((a, b) => a - b);
        const shade = shades[label === 0 ? 7 : 8] as number;
        if (shade !== 10 + 20 * label) renamed += 1;
      }
      return [elsewhere > 0, renamed > 0];
    });
    expect(moved[0]).toEqual([expect.any(Boolean), false]);
    expect(moved.slice(1).map(([, renamed]) => renamed)).toEqual([true, true]);
    const plain = rows('test', 0, all(40)).inputs.data;
    const ordered = imageTasks('tasks', one, options).rows('test', 0, all(40)).inputs.data;
    expect(plain).toEqual(ordered);
    const permuted = rows('test', 1, all(40)).inputs.data;
    const alike = imageTasks('tasks', one, options).rows('test', 1, all(40)).inputs.data;
    expect(permuted).not.toEqual(alike);
    const sorted = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b);
    expect(sorted(permuted)).toEqual(sorted(alike));
  });

  it('take turns between sources', () => {
    const two = [...one, { name: 'others', images: parts }];
    const { spec } = imageTasks('tasks', two, { ...options, tasks: 4 });
    expect(spec.tasks.map(({ id }) => id)).toEqual(['shades 0', 'others 0', 'shades 1', 'others 1']);
  });

  it('refuse more images than there are', () => {
    expect(() => imageTasks('tasks', one, { ...options, itemsPerClass: 9 })).toThrow(/there are 24/);
    expect(() => imageTasks('tasks', one, { ...options, permutedPixels: 2 })).toThrow(TasklearnError);
  });
});

const [digits, clothes] = [sharedData('mnist'), sharedData('fashion-mnist')];

describe.skipIf(digits === undefined || clothes === undefined)('of real images', () => {
  const create = async (key: string, options: object) =>
    (await createRegistry([tasksPlugin]).createDistribution(key, options)) as JointDistribution;

  it('are pairs and tasks by name', async () => {
    const few = { trainItems: 40, validationItems: 10, testItems: 20 };
    const pair = await create('multi-mnist', { ...few, data: digits as string });
    expect(pair.spec.input.shape).toEqual([18, 18, 1]);
    const labels = new Set(pair.rows('train', 1, all(40)).targets.data);
    expect(labels.size).toBeGreaterThan(6);
    const folders = { data: digits as string, fashionData: clothes as string };
    const over = await create('mnist-over-fashion', { ...few, ...folders });
    expect(over.rows('test', 0, all(20)).inputs.data).toEqual(over.rows('test', 1, all(20)).inputs.data);
    const tasks = await create('mnist-tasks', { tasks: 2, itemsPerClass: 3, data: digits as string });
    expect(tasks.sizes.train).toEqual([30, 30]);
    const ink = tasks.rows('train', 0, all(30)).inputs.data;
    const mean = ink.reduce((sum: number, value: number) => sum + value, 0) / ink.length;
    expect(mean).toBeGreaterThan(0.1); // MNIST's mean is 0.13.
    expect(mean).toBeLessThan(0.17);
  });
});
