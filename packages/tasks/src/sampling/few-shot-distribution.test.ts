import { createRng, type EpisodeBatch, type HostTensor } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { fewShotDistribution } from './few-shot-distribution.js';
import { type FewShotOptions, fewShotDefaults } from './few-shot-options.js';
import { evenStarts, type ImageSet } from './image-set.js';
import type { ClassSplits } from './split-classes.js';

const ITEMS = 8;

/** Class c, item i is a 2x2 image [c + 1, i + 1, 0, 0]: an image says where it is from. */
function traceable(classes: number): ImageSet {
  const pixels = new Uint8Array(classes * ITEMS * 4);
  for (let index = 0; index < classes * ITEMS; index++) {
    pixels[index * 4] = Math.floor(index / ITEMS) + 1;
    pixels[index * 4 + 1] = (index % ITEMS) + 1;
  }
  const classNames = Array.from({ length: classes }, (_, index) => `class ${index}`);
  return { pixels, classNames, starts: evenStarts(classes, ITEMS), side: 2 };
}

const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);
const splits: ClassSplits = { train: range(0, 10), validation: range(10, 5), test: range(15, 6) };
const make = (options: Partial<FewShotOptions> = {}, over = splits) =>
  fewShotDistribution('test', traceable(21), over, {
    ...fewShotDefaults,
    ways: 3,
    shots: 2,
    queries: 4,
    ...options,
  });

/** What each image of a set says of itself: class, item and quarter turns. */
function sources(set: EpisodeBatch<HostTensor>['query'], task: number) {
  const [, items = 0] = set.targets.shape;
  return range(task * items, items).map((place) => {
    const bytes = [...set.inputs.data.subarray(place * 4, place * 4 + 4)].map((value) =>
      Math.round(value * 255),
    );
    // Quarter turns to the left of [a b; 0 0]: [b 0; a 0], [0 0; b a], [0 a; 0 b].
    const turns = [
      [0, 1],
      [2, 0],
      [3, 2],
      [1, 3],
    ].findIndex(([a, b]) => bytes[a as number] && bytes[b as number]);
    const [a, b] = [
      [0, 1],
      [2, 0],
      [3, 2],
      [1, 3],
    ][turns] ?? [0, 1];
    return {
      class: (bytes[a as number] ?? 0) - 1,
      item: (bytes[b as number] ?? 0) - 1,
      turns,
      label: set.targets.data[place],
    };
  });
}

describe('fewShotDistribution', () => {
  it('fills N classes, K and Q images of each, none twice, from the split', () => {
    const batch = make().episodes('test', 0, 50, createRng(1));
    expect(batch.support.labelled.inputs.shape).toEqual([50, 6, 2, 2, 1]);
    expect(batch.query.targets.shape).toEqual([50, 12]);
    for (let task = 0; task < 50; task++) {
      const all = [...sources(batch.support.labelled, task), ...sources(batch.query, task)];
      expect(new Set(all.map(({ class: of, item }) => of * ITEMS + item)).size).toBe(18);
      expect(new Set(all.map(({ class: of }) => of)).size).toBe(3);
      expect(new Set(all.map(({ class: of, label }) => `${of} ${label}`)).size).toBe(3);
      for (const { class: of, turns } of all) {
        expect(splits.test).toContain(of);
        expect(turns).toBe(0);
      }
      expect([...batch.support.labelled.targets.data.subarray(task * 6, task * 6 + 6)]).toEqual([
        0, 0, 1, 1, 2, 2,
      ]);
    }
  });

  it('scales bytes to [0, 1]', () => {
    const images = { ...traceable(21), pixels: new Uint8Array(21 * ITEMS * 4).fill(51) };
    const { query } = fewShotDistribution('test', images, splits, {
      ...fewShotDefaults,
      ways: 3,
      queries: 2,
    }).episodes('train', 0, 1, createRng(0));
    expect(query.inputs.data[0]).toBeCloseTo(0.2, 7);
  });

  it('is pure in split, index and key: whatever the batch, the buffer or what was drawn before', () => {
    const rng = createRng('purity');
    const whole = make().episodes('train', 10, 6, rng);
    const kept = structuredClone(whole);
    rng.next();
    const other = make();
    other.episodes('validation', 3, 5, rng);
    const buffer = other.episodes('train', 500, 1, rng);
    for (let task = 0; task < 6; task++) {
      const single = other.episodes('train', 10 + task, 1, rng, buffer);
      expect(single).toBe(buffer);
      expect(single.query.inputs.data).toEqual(kept.query.inputs.data.slice(task * 48, (task + 1) * 48));
      expect(single.support.labelled.inputs.data).toEqual(
        kept.support.labelled.inputs.data.slice(task * 24, (task + 1) * 24),
      );
    }
    expect(make().episodes('train', 10, 6, createRng('else')).query.inputs.data).not.toEqual(
      kept.query.inputs.data,
    );
    expect(make().episodes('test', 10, 6, rng).query.inputs.data).not.toEqual(kept.query.inputs.data);
  });

  it('does not change its episodes between versions', () => {
    const { support, query } = make({ rotations: 'train', minimumShots: 1 }).episodes(
      'train',
      7,
      3,
      createRng(42),
    );
    expect(hash([...support.labelled.inputs.data, ...query.inputs.data, ...query.targets.data])).toBe(PINNED);
  });

  it('draws classes and items evenly', () => {
    const counts = new Float64Array(10 * ITEMS);
    const batch = make().episodes('train', 0, 4000, createRng(3));
    for (let task = 0; task < 4000; task++) {
      for (const { class: of, item } of sources(batch.support.labelled, task))
        counts[of * ITEMS + item]! += 1;
    }
    const expected = (4000 * 6) / 80;
    const chiSquare = [...counts].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(125); // 79 degrees of freedom, p = 0.001 at 125; items of a class exclude each other.
  });

  it('gives shuffled labels that are independent of the class', () => {
    const table = new Float64Array(6 * 3);
    const batch = make().episodes('test', 0, 3000, createRng(4));
    for (let task = 0; task < 3000; task++) {
      for (const { class: of, label, item } of sources(batch.query, task)) {
        if (item >= 0) table[(of - 15) * 3 + (label as number)]! += 1 / 4; // Four queries a class count once.
      }
    }
    const expected = (3000 * 3) / 18;
    const chiSquare = [...table].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(40.8); // 17 degrees of freedom, p = 0.001.
  });

  it('gives a class the same label whenever labels are fixed, in other episodes and distributions too', () => {
    const labelOf = new Map<string, number>();
    for (const [first, distribution] of [
      make({ labels: 'fixed', rotations: 'all' }),
      make({ labels: 'fixed', rotations: 'all', queries: 2 }),
    ].entries()) {
      for (const split of ['train', 'test'] as const) {
        const batch = distribution.episodes(split, first * 200, 200, createRng(first));
        for (let task = 0; task < 200; task++) {
          for (const { class: of, turns, label } of sources(batch.query, task)) {
            const key = `${split} ${of} ${turns}`;
            expect(labelOf.get(key) ?? label).toBe(label);
            labelOf.set(key, label as number);
          }
        }
      }
    }
    expect(labelOf.size).toBe(4 * (10 + 6));
    expect(new Set(labelOf.values())).toEqual(new Set([0, 1, 2]));
  });

  it('turns classes by quarters where asked, and keeps them apart as classes', () => {
    const batch = make({ rotations: 'train' }).episodes('train', 0, 300, createRng(5));
    const seen = new Set<string>();
    for (let task = 0; task < 300; task++) {
      const labels = new Map<unknown, string>();
      for (const { class: of, turns, label } of sources(batch.query, task)) {
        expect(labels.get(label) ?? `${of} ${turns}`).toBe(`${of} ${turns}`);
        labels.set(label, `${of} ${turns}`);
        seen.add(`${of} ${turns}`);
      }
    }
    expect(seen.size).toBe(40);
    const test = make({ rotations: 'train' }).episodes('test', 0, 50, createRng(5));
    for (let task = 0; task < 50; task++)
      expect(sources(test.query, task).every(({ turns }) => turns === 0)).toBe(true);
  });

  it('pads a ranged number of shots with masked blanks', () => {
    const { support, query } = make({ shots: 4, minimumShots: 1 }).episodes('train', 0, 400, createRng(6));
    const counts = [0, 0, 0, 0, 0];
    for (let task = 0; task < 400; task++) {
      const mask = [...(support.labelled.mask?.data.subarray(task * 12, (task + 1) * 12) ?? [])];
      const shots = mask.slice(0, 4).reduce((sum, value) => sum + value, 0);
      expect(mask).toEqual([0, 1, 2].flatMap(() => [0, 1, 2, 3].map((item) => (item < shots ? 1 : 0))));
      counts[shots]! += 1;
      for (const [place, counted] of mask.entries()) {
        const start = (task * 12 + place) * 4;
        const ink = support.labelled.inputs.data
          .subarray(start, start + 4)
          .reduce((sum, value) => sum + value, 0);
        expect(ink > 0).toBe(counted === 1);
      }
    }
    expect(counts[0]).toBe(0);
    expect(Math.min(...counts.slice(1))).toBeGreaterThan(60);
    expect(query.mask).toBeUndefined();
  });

  it('mixes positions where asked: a position tells nothing of a label', () => {
    const { query } = make({ order: 'mixed' }).episodes('train', 0, 2000, createRng(7));
    const table = new Float64Array(12 * 3);
    for (const [place, label] of query.targets.data.entries()) table[(place % 12) * 3 + label]! += 1;
    const chiSquare = [...table].reduce((sum, count) => sum + (count - 2000 / 3) ** 2 / (2000 / 3), 0);
    expect(chiSquare).toBeLessThan(66.6); // At most 35 degrees of freedom, p = 0.001.
    for (let task = 0; task < 20; task++) {
      expect(new Set(sources(query, task).map(({ class: of, label }) => `${of} ${label}`)).size).toBe(3);
    }
  });

  it('says which class an item is of, on the meta-training split, where asked', () => {
    const distribution = make({ identities: true, rotations: 'train' });
    expect(distribution.spec.trainingClasses).toBe(40);
    const { support } = distribution.episodes('train', 0, 20, createRng(8));
    for (let task = 0; task < 20; task++) {
      for (const [place, { class: of, turns }] of sources(support.labelled, task).entries()) {
        expect(support.labelled.identities?.data[task * 6 + place]).toBe(turns * 10 + of);
      }
    }
    expect(distribution.episodes('test', 0, 2, createRng(8)).query.identities).toBeUndefined();
    expect(make().spec.trainingClasses).toBeUndefined();
  });

  it('tells the truth of an episode: class names by label', () => {
    const distribution = make({ rotations: 'all' });
    const { query } = distribution.episodes('test', 9, 1, createRng(9));
    const { classNames } = distribution.truth?.('test', 9, createRng(9)) ?? {};
    for (const { class: of, turns, label } of sources(query, 0)) {
      expect(classNames?.[label as number]).toBe(
        `class ${of}${turns === 0 ? '' : `, turned ${90 * turns}°`}`,
      );
    }
  });
});

describe('bad input', () => {
  const refused = (details: object) =>
    expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining(details) });

  it('refuses more classes or images than there are, with the numbers', () => {
    expect(() => make({ ways: 7 })).toThrow(refused({ split: 'validation', expected: 7, received: 5 }));
    expect(() => make({ queries: 7 })).toThrow(refused({ expected: 9, received: 8 }));
    expect(() => make({ ways: 1 })).toThrow(refused({ key: 'ways', received: 1 }));
    expect(() => make({ minimumShots: 3 })).toThrow(refused({ key: 'minimumShots', received: 3 }));
    expect(() => make({ order: 'sorted' as never })).toThrow(refused({ key: 'order' }));
  });

  it('refuses a class in two splits', () => {
    expect(() => make({}, { ...splits, test: [3, 15, 16] })).toThrow(refused({ index: 3, split: 'test' }));
  });

  it('refuses an empty split when it is asked for', () => {
    const distribution = make({}, { ...splits, validation: [] });
    expect(() => distribution.episodes('validation', 0, 1, createRng(0))).toThrow(
      refused({ split: 'validation', received: 0 }),
    );
    expect(distribution.episodes('test', 0, 1, createRng(0)).query.inputs.shape[0]).toBe(1);
  });

  it('refuses buffers of another shape', () => {
    const buffer = make().episodes('train', 0, 2, createRng(0));
    expect(() => make().episodes('train', 0, 3, createRng(0), buffer)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

/** FNV-1a over 32-bit integers. */
function hash(values: readonly number[]): number {
  let state = 0x811c9dc5;
  for (const value of values) state = Math.imul(state ^ Math.round(value * 255), 0x01000193) >>> 0;
  return state;
}

const PINNED = 3580967726; // Printed once by this implementation: a change here changes every recorded result.
