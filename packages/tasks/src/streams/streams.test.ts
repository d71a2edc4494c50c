import { createRng, type Stream, type StreamDistribution } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { classSequence } from './class-sequence.js';
import { imageStream } from './image-stream.js';
import { meanTracking } from './mean-tracking.js';
import { type PrototypeOptions, prototypeImages } from './prototype-images.js';
import { rotateImage } from './rotate-image.js';
import { switchingSinusoid } from './switching-sinusoid.js';

const small: PrototypeOptions = { classes: 10, side: 6, noise: 0.1, count: 400 };
const images = prototypeImages(small, createRng(3));
const sizes = { itemsPerTask: 20, testItems: 12, batchSize: 5 };
const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });

const glyphSet = {
  pixels: Uint8Array.from({ length: 12 * 6 * 16 }, (_, index) => (index * index * 7 + index) % 251),
  classNames: Array.from({ length: 12 }, (_, index) => `${index}`),
  starts: Int32Array.from({ length: 13 }, (_, index) => index * 6),
  side: 4,
};
const splits = { train: [0, 1, 2, 3], validation: [4, 5, 6], test: [7, 8, 9, 10, 11] };
const classes = { classes: 3, itemsPerClass: 4, testItems: 2, side: 2 };

const all: Readonly<Record<string, StreamDistribution>> = {
  permuted: imageStream('p', images, { ...sizes, tasks: 3 }),
  rotated: imageStream('r', images, { ...sizes, tasks: 3, protocol: 'rotated', scenario: 'hidden' }),
  split: imageStream('s', images, { ...sizes, tasks: 5, protocol: 'split', scenario: 'class' }),
  classes: classSequence('c', glyphSet, splits, classes),
  shuffled: imageStream('i', images, { ...sizes, tasks: 3, order: 'shuffled' }),
  shuffledClasses: classSequence('d', glyphSet, splits, { ...classes, order: 'shuffled' }),
  mean: meanTracking({ order: 'piecewise' }),
  sinusoid: switchingSinusoid(),
};

describe.each(Object.entries(all))('%s', (_, { spec, stream }) => {
  it('is the same whenever it is asked, and differs by index and split', () => {
    const lifetime = stream('test', 1, createRng(0));
    const [late, early] = [lifetime.step(lifetime.length - 1), lifetime.step(0)];
    const again = stream('test', 1, createRng(0));
    expect(again.step(0)).toEqual(early);
    expect(again.step(lifetime.length - 1)).toEqual(late);
    expect(stream('test', 2, createRng(0)).step(0)).not.toEqual(early);
  });

  it('has the shapes it declares', () => {
    const lifetime = stream('test', 0, createRng(0));
    const { inputs, targets } = lifetime.step(0);
    expect(inputs.shape).toEqual([spec.batchSize, ...spec.input.shape]);
    const { target } = spec;
    expect(targets.shape).toEqual(
      target.kind === 'classification' ? [spec.batchSize] : [spec.batchSize, ...target.shape],
    );
    const tasks = new Set(Array.from({ length: lifetime.length }, (_step, t) => lifetime.step(t).task));
    if (spec.boundaries === 'discrete')
      expect([...tasks]).toEqual(Array.from({ length: spec.tasks }, (_t, k) => k));
  });
});

/** Inputs of a test set. */
function held(lifetime: Stream, task: number): Float32Array {
  return (lifetime.testSet as NonNullable<Stream['testSet']>)(task).inputs.data as Float32Array;
}

describe('imageStream', () => {
  const labels = (distribution: StreamDistribution, task: number) =>
    new Set(distribution.stream('test', 0, createRng(0)).testSet?.(task).targets.data);

  it('deals classes and labels as the scenario says', () => {
    const make = (scenario: 'task' | 'domain' | 'class' | 'hidden') =>
      imageStream('s', images, { ...sizes, testItems: 40, tasks: 5, protocol: 'split', scenario });
    for (const scenario of ['task', 'class', 'hidden'] as const)
      expect(labels(make(scenario), 2)).toEqual(new Set([4, 5]));
    expect(labels(make('domain'), 2)).toEqual(new Set([0, 1]));
    const told = (scenario: 'task' | 'domain' | 'class' | 'hidden') => {
      const { boundariesKnown, taskLabels, taskClasses } = make(scenario).spec;
      return [boundariesKnown, taskLabels, taskClasses?.[2]];
    };
    expect(told('task')).toEqual([true, 'always', [4, 5]]);
    expect(told('domain')).toEqual([true, 'learning', undefined]);
    expect(told('class')).toEqual([true, 'learning', undefined]);
    expect(told('hidden')[0]).toBe(false);
  });

  it('moves the same pixels of a task everywhere, and other ones in another task', () => {
    const blank = {
      ...images,
      write: (_p: string, _i: number, out: Float32Array) => out.fill(0).fill(1, 0, 1),
    };
    const lifetime = imageStream('p', blank as never, { ...sizes, tasks: 2 }).stream('test', 0, createRng(0));
    const place = (data: ArrayLike<number>, item: number) =>
      Array.from(data)
        .slice(item * 36, (item + 1) * 36)
        .indexOf(1);
    const first = place(lifetime.step(0).inputs.data, 0);
    expect(place(lifetime.step(3).inputs.data, 4)).toBe(first);
    expect(place(held(lifetime, 0), 2)).toBe(first);
    expect(place(lifetime.step(4).inputs.data, 0)).not.toBe(first);
  });

  it('sees a task again in every pass', () => {
    const lifetime = imageStream('p', images, { ...sizes, tasks: 2, passes: 2 }).stream(
      'test',
      0,
      createRng(0),
    );
    expect(lifetime.length).toBe(16);
    expect(lifetime.step(4)).toEqual(lifetime.step(0));
    expect(lifetime.step(8).task).toBe(1);
  });

  it('shuffles the same items, and tests on all of them', () => {
    const inOrder = imageStream('p', images, { ...sizes, tasks: 3 }).stream('test', 0, createRng(0));
    const { spec, stream } = imageStream('p', images, { ...sizes, tasks: 3, order: 'shuffled' });
    const mixed = stream('test', 0, createRng(0));
    expect([spec.tasks, spec.order, mixed.length]).toEqual([1, 'iid', inOrder.length]);
    const rows = (data: ArrayLike<number>) =>
      Array.from({ length: data.length / 36 }, (_, row) =>
        Array.from(data)
          .slice(36 * row, 36 * (row + 1))
          .join(),
      );
    const learnt = (lifetime: Stream) =>
      Array.from({ length: lifetime.length }, (_, t) => rows(lifetime.step(t).inputs.data)).flat();
    expect(learnt(mixed)).not.toEqual(learnt(inOrder));
    expect(learnt(mixed).sort()).toEqual(learnt(inOrder).sort());
    expect(rows(held(mixed, 0))).toEqual([0, 1, 2].flatMap((task) => rows(held(inOrder, task))));
    expect(() => imageStream('p', images, { ...sizes, scenario: 'task', order: 'shuffled' })).toThrow(
      invalid,
    );
  });

  it('limits what may be kept only where it is told', () => {
    expect(imageStream('x', images, sizes).spec.storage).toBe(Number.POSITIVE_INFINITY);
    expect(imageStream('x', images, { ...sizes, storage: 7 }).spec.storage).toBe(7);
    expect(() => imageStream('x', images, { ...sizes, storage: -1 })).toThrow(invalid);
  });

  it('returns to its tasks, in turn or at random, and goes on with their items', () => {
    const make = (order: 'periodic' | 'switching', options: object = {}) =>
      imageStream('p', images, { ...sizes, tasks: 3, passes: 5, segment: 2, order, ...options }).stream(
        'test',
        0,
        createRng(0),
      );
    const periodic = make('periodic');
    const tasksOf = ({ length, step }: Stream) => Array.from({ length }, (_, t) => step(t).task);
    expect(tasksOf(periodic).slice(0, 8)).toEqual([0, 0, 1, 1, 2, 2, 0, 0]);
    // Task 0 has four batches: two in its first segment, two in its second, and the first again in its third.
    const inOrder = imageStream('p', images, { ...sizes, tasks: 3 }).stream('test', 0, createRng(0));
    expect(periodic.step(6).inputs).toEqual(inOrder.step(2).inputs);
    expect(periodic.step(12).inputs).toEqual(inOrder.step(0).inputs);
    const found = tasksOf(make('switching', { passes: 300, segment: 10 })); // 3,600 steps
    const switches = found.filter((task, t) => t > 0 && task !== found[t - 1]).length;
    // Binomial(3599, 0.1): mean 360, deviation 18.
    expect(Math.abs(switches - 360)).toBeLessThan(75);
    for (const task of [0, 1, 2]) expect(found.filter((each) => each === task).length).toBeGreaterThan(900);
  });

  it('refuses what does not fit', () => {
    expect(() => imageStream('p', images, { ...sizes, itemsPerTask: 21 })).toThrow(invalid);
    expect(() => imageStream('s', images, { ...sizes, protocol: 'split', tasks: 3 })).toThrow(invalid);
    expect(() => (all.split as StreamDistribution).stream('train', 0, createRng(0))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});

describe('rotateImage', () => {
  it('turns by quarters exactly and by nothing not at all', () => {
    const image = Float32Array.of(1, 2, 3, 4);
    expect([...rotateImage(image, 2, 0, new Float32Array(4))]).toEqual([1, 2, 3, 4]);
    const quarter = [...rotateImage(image, 2, Math.PI / 2, new Float32Array(4))];
    expect(quarter.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([2, 4, 1, 3]);
  });
});

describe('classSequence', () => {
  it('learns from and tests on different items of disjoint splits', () => {
    const { stream } = all.classes as StreamDistribution;
    const lifetime = stream('train', 0, createRng(0));
    const learnt = Array.from({ length: 12 }, (_, t) => lifetime.step(t).inputs.data.join());
    const kept = [0, 1, 2].flatMap((task) => {
      const data = held(lifetime, task);
      return [data.slice(0, 4).join(), data.slice(4).join()];
    });
    expect(new Set([...learnt, ...kept]).size).toBe(18);
  });

  it('tests on what was learnt, or on all of it at once, where it is asked to', () => {
    const seen = classSequence('c', glyphSet, splits, { ...classes, testOn: 'seen' });
    const lifetime = seen.stream('test', 0, createRng(0));
    expect(held(lifetime, 1).slice(0, 4)).toEqual(lifetime.step(4).inputs.data);
    expect(held(lifetime, 1).length).toBe(4 * 4);
    const mixed = classSequence('c', glyphSet, splits, { ...classes, order: 'shuffled' });
    expect(mixed.spec.tasks).toBe(1);
    const labels = mixed.stream('test', 0, createRng(0)).testSet?.(0).targets.data;
    expect([...(labels ?? [])]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it('refuses more classes or items than there are', () => {
    expect(() => classSequence('c', glyphSet, splits, { ...classes, classes: 6 })).toThrow(invalid);
    expect(() => classSequence('c', glyphSet, splits, { ...classes, itemsPerClass: 5 })).toThrow(invalid);
    expect(() => classSequence('c', glyphSet, splits, { ...classes, side: 3 })).toThrow(invalid);
  });
});

describe('switchingSinusoid', () => {
  it('has segments of mean length 1/λ', () => {
    const length = 4000;
    const lifetime = switchingSinusoid({ hazard: 0.1, length }).stream('test', 0, createRng(5));
    const switches = lifetime.step(length - 1).task;
    // Binomial(3999, 0.1): mean 400, deviation 19.
    expect(Math.abs(switches - 400)).toBeLessThan(80);
  });
});

describe('comparators', () => {
  const lossesOf = (lifetime: Stream, predict: (t: number, target: Float32Array) => number[]) =>
    Array.from({ length: lifetime.length }, (_, t) => {
      const target = lifetime.step(t).targets.data as Float32Array;
      return predict(t, target).reduce(
        (sum, value, axis) => sum + (value - (target[axis] as number)) ** 2,
        0,
      );
    });

  it('of a mean are the mean of all points, or of each piece', () => {
    const lifetime = meanTracking({ order: 'piecewise', segments: 2, length: 6, size: 1 }).stream(
      'test',
      0,
      createRng(0),
    );
    const points = Array.from({ length: 6 }, (_, t) => lifetime.step(t).targets.data[0] as number);
    const mean = (own: readonly number[]) => own.reduce((sum, value) => sum + value, 0) / own.length;
    const { fixed, dynamic } = lifetime.comparators!();
    const overall = lossesOf(lifetime, () => [mean(points)]);
    const pieces = lossesOf(lifetime, (t) => [mean(points.slice(t < 3 ? 0 : 3, t < 3 ? 3 : 6))]);
    for (let t = 0; t < 6; t++) {
      expect(fixed![t]).toBeCloseTo(overall[t] as number, 5);
      expect(dynamic![t]).toBeCloseTo(pieces[t] as number, 5);
    }
    expect(meanTracking().stream('test', 0, createRng(0)).comparators!().dynamic).toBeUndefined();
  });

  it('of sinusoids are what the noise costs', () => {
    const lifetime = switchingSinusoid({ noise: 0.3, length: 400 }).stream('test', 0, createRng(0));
    const { dynamic, fixed } = lifetime.comparators!();
    expect(fixed).toBeUndefined();
    expect(dynamic!.reduce((sum, value) => sum + value, 0) / 400).toBeCloseTo(0.09, 1);
  });
});

describe('meanTracking', () => {
  it('returns to its mean after a period', () => {
    const stream = meanTracking({ order: 'periodic', noise: 1e-6, period: 10 }).stream(
      'test',
      0,
      createRng(0),
    );
    const at = (t: number) => stream.step(t).targets.data[0] as number;
    expect(at(13)).toBeCloseTo(at(3), 4);
    expect(Math.abs(at(8) - at(3))).toBeGreaterThan(1);
  });
});
