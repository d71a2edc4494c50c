import { createRng, type StreamDistribution } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { resizeLabelled } from '../mnist/resize-labelled.js';
import { fewShotSequence } from './few-shot-sequence.js';
import { prototypeDefaults, prototypeImages } from './prototype-images.js';
import { rainbowStream } from './rainbow-stream.js';
import { switchingClasses } from './switching-classes.js';
import { switchingPlant } from './switching-plant.js';
import { switchingSinusoid } from './switching-sinusoid.js';

const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });
/** Every pixel of class k is k. */
const images = {
  pixels: Uint8Array.from({ length: 30 * 4 * 4 }, (_, index) => Math.floor(index / 16)),
  classNames: Array.from({ length: 30 }, (_, index) => `${index}`),
  starts: Int32Array.from({ length: 31 }, (_, index) => index * 4),
  side: 2,
};
const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);
const splits = { train: range(0, 15), validation: range(15, 5), test: range(20, 10) };
const classOf = ({ data }: { readonly data: ArrayLike<number> }) => Math.round((data[0] as number) * 255);

describe('switchingClasses', () => {
  const make = (given: object = {}) => switchingClasses('s', images, splits, { labels: 3, ...given });

  it('keeps the class of a label within a segment, and draws others of its split at a switch', () => {
    const stream = make({ hazard: 0.1, length: 400 }).stream('test', 0, createRng(1));
    const known = new Map<string, number>();
    const classes = new Set<number>();
    for (let t = 0; t < 400; t += 1) {
      const { inputs, targets, task } = stream.step(t);
      expect(stream.step(t)).toEqual({ inputs, targets, task });
      const key = `${task} ${targets.data[0]}`;
      const shown = classOf(inputs);
      expect(known.get(key) ?? shown).toBe(shown);
      known.set(key, shown);
      classes.add(shown);
    }
    expect([...classes].sort((a, b) => a - b)).toEqual(splits.test);
    const { task } = stream.step(399);
    expect(Math.abs(task - 40)).toBeLessThan(24); // Binomial(399, 0.1): deviation 6.
    for (let segment = 0; segment < task; segment += 1) {
      const own = range(0, 3).flatMap((label) => known.get(`${segment} ${label}`) ?? []);
      expect(new Set(own).size).toBe(own.length);
    }
  });

  it('tells segments only where asked to, and refuses what does not fit', () => {
    expect(make().spec.boundariesKnown).toBe(false);
    expect(make({ told: true }).spec.boundariesKnown).toBe(true);
    expect(switchingSinusoid({ told: true }).spec.boundariesKnown).toBe(true);
    expect(() => make({ labels: 11 })).toThrow(invalid);
    expect(() => make({ hazard: 2 })).toThrow(invalid);
    expect(() => switchingClasses('s', images, { ...splits, test: [0, 20, 21] }, { labels: 2 })).toThrow(
      invalid,
    );
  });
});

describe('fewShotSequence', () => {
  const given = { tasks: 3, ways: 3, itemsPerClass: 2, testItems: 2, batchSize: 3 };
  const make = (more: object = {}) => fewShotSequence('f', images, splits, { ...given, ...more });

  it('has tasks of classes of their own, every item once, labels by class', () => {
    const { spec, stream } = make();
    const lifetime = stream('test', 0, createRng(2));
    expect(lifetime.length).toBe(6);
    expect(spec.target).toEqual({ kind: 'classification', classes: 3 });
    const known = new Map<number, string>();
    const look = (
      set: { inputs: { data: ArrayLike<number> }; targets: { data: ArrayLike<number> } },
      task: number,
    ) => {
      for (let place = 0; place < set.targets.data.length; place += 1) {
        const shown = Math.round((set.inputs.data[place * 4] as number) * 255);
        const key = `${task} ${set.targets.data[place]}`;
        expect(known.get(shown) ?? key).toBe(key);
        known.set(shown, key);
      }
    };
    for (let t = 0; t < 6; t += 1) {
      const { task, ...set } = lifetime.step(t);
      expect(task).toBe(Math.floor(t / 2));
      look(set, task);
    }
    for (let task = 0; task < 3; task += 1) {
      const set = lifetime.testSet?.(task) as NonNullable<ReturnType<NonNullable<typeof lifetime.testSet>>>;
      expect(set.targets.shape).toEqual([6]);
      look(set, task);
    }
    expect(known.size).toBe(9);
    expect([...known.keys()].every((shown) => splits.test.includes(shown))).toBe(true);
    expect(lifetime.step(4)).toEqual(stream('test', 0, createRng(2)).step(4));
  });

  it('refuses what does not fit', () => {
    for (const bad of [{ tasks: 4 }, { batchSize: 4 }, { itemsPerClass: 3 }, { ways: 1 }])
      expect(() => make(bad)).toThrow(invalid);
  });
});

describe('rainbowStream', () => {
  const source = prototypeImages({ ...prototypeDefaults, side: 6, count: 60 }, createRng(0));
  const dark = { ...source, write: (_p: unknown, _i: number, out: Float32Array) => out.fill(0) };
  const sizes = { itemsPerTask: 20, testItems: 10, batchSize: 5 };
  const make = (given: object = {}, from: unknown = source): StreamDistribution =>
    rainbowStream('r', from as typeof source, { ...sizes, ...given });

  it('has 56 tasks: seven colours by two scales by four quarters', () => {
    const stream = make().stream('test', 0, createRng(0));
    expect(stream.length).toBe(56 * 4);
    const grounds = new Map<string, number>();
    const plain = make({}, dark).stream('test', 0, createRng(0));
    for (let task = 0; task < 56; task += 1) {
      const pixel = plain
        .step(task * 4)
        .inputs.data.slice(0, 3)
        .join();
      grounds.set(pixel, (grounds.get(pixel) ?? 0) + 1);
      expect(stream.step(task * 4 + 3).task).toBe(task);
    }
    expect([...grounds.values()]).toEqual(Array(7).fill(8));
    expect(grounds.has('1,0,0')).toBe(true);
  });

  it('names classes anew in every task where asked to, the same in both parts', () => {
    const lifetime = make({ look: 'plain', relabel: true, tasks: 60 }).stream('test', 0, createRng(0));
    const kept = make({ look: 'plain', tasks: 60 }).stream('test', 0, createRng(0));
    expect(lifetime.step(0).inputs).toEqual(kept.step(0).inputs);
    const names = (task: number) => {
      const found = new Map<number, number>();
      const pairs = [0, 1, 2, 3].map(
        (step) => [kept.step(4 * task + step), lifetime.step(4 * task + step)] as const,
      );
      const tests = [kept.testSet?.(task), lifetime.testSet?.(task)] as const;
      for (const [before, after] of [...pairs, tests])
        for (const [place, label] of (before?.targets.data ?? new Int32Array()).entries()) {
          const name = after?.targets.data[place] as number;
          expect(found.get(label) ?? name).toBe(name);
          found.set(label, name);
        }
      expect(new Set(found.values()).size).toBe(found.size);
      return [...found].sort(([a], [b]) => a - b).join(' ');
    };
    expect(names(0)).not.toBe(names(1));
  });

  it('is the same whenever it is asked, in another order in another lifetime, and noisy where asked to', () => {
    const stream = make({ noise: 0.2 }).stream('test', 0, createRng(0));
    expect(stream.step(3)).toEqual(make({ noise: 0.2 }).stream('test', 0, createRng(0)).step(3));
    expect(make().stream('test', 1, createRng(0)).step(0)).not.toEqual(
      make().stream('test', 0, createRng(0)).step(0),
    );
    const ground = make({ noise: 0.2 }, dark).stream('test', 0, createRng(0)).step(0).inputs.data;
    const mean = ground.reduce((sum, value) => sum + (value as number), 0) / ground.length;
    const clean = make({}, dark).stream('test', 0, createRng(0)).step(0).inputs.data;
    const spread = Math.sqrt(
      Array.from(ground, (value, at) => ((value as number) - (clean[at] as number)) ** 2).reduce(
        (a, b) => a + b,
        0,
      ) / ground.length,
    );
    expect(spread).toBeCloseTo(0.2, 1);
    expect(Number.isFinite(mean)).toBe(true);
    expect(stream.testSet?.(2).targets.shape).toEqual([10]);
  });

  it('refuses what does not fit', () => {
    for (const bad of [{ tasks: 57 }, { itemsPerTask: 21 }, { itemsPerTask: 100 }, { noise: -1 }])
      expect(() => make(bad)).toThrow(invalid);
  });
});

describe('switchingPlant', () => {
  /** The action's share of a change, from the equation of the plant. */
  const pushed = (distribution: StreamDistribution, split: 'train' | 'test', t: number) => {
    const { inputs, targets, task } = distribution.stream(split, 0, createRng(0)).step(t);
    const [x = 0, y = 0, a = 0, b = 0] = inputs.data as Float32Array;
    const [dx = 0, dy = 0] = targets.data as Float32Array;
    const push = [dx + 0.1 * x - 0.3 * Math.sin(2 * x), dy + 0.1 * y - 0.3 * Math.sin(2 * y)] as const;
    return { task, gain: Math.hypot(...push) / Math.hypot(a, b), push, action: [a, b] as const };
  };

  it('moves by its equation, and turns in the test every period', () => {
    const distribution = switchingPlant({ length: 40, period: 10 });
    for (const [t, sign, gain] of [
      [3, 1, 1],
      [13, -1, 0.6],
      [23, 1, 1],
    ] as const) {
      const { push, action, task, gain: found } = pushed(distribution, 'test', t);
      expect(task).toBe(sign === 1 ? 0 : 1);
      expect(Math.abs(found - gain)).toBeLessThan(0.15);
      expect(Math.sign(push[0] * action[0] + push[1] * action[1])).toBe(sign);
    }
    expect(
      switchingPlant({ length: 40, period: 10, test: 'constant' }).stream('test', 0, createRng(0)).step(13)
        .task,
    ).toBe(0);
  });

  it('goes on from where it was, and is the same whenever it is asked', () => {
    const stream = switchingPlant({ length: 30 }).stream('train', 2, createRng(0));
    const { inputs, targets } = stream.step(7);
    const next = stream.step(8).inputs.data;
    expect(next[0]).toBeCloseTo((inputs.data[0] as number) + (targets.data[0] as number), 5);
    expect(switchingPlant({ length: 30 }).stream('train', 2, createRng(0)).step(8).inputs.data).toEqual(next);
    expect(() => switchingPlant({ period: 0 })).toThrow(invalid);
  });
});

describe('resizeLabelled', () => {
  it('averages pixels and keeps labels', () => {
    const pixels = Uint8Array.of(0, 100, 100, 200, 40, 40, 40, 40);
    const small = resizeLabelled({ pixels, labels: Uint8Array.of(3, 1), count: 2, side: 2 }, 1);
    expect(small).toEqual({ pixels: Uint8Array.of(100, 40), labels: Uint8Array.of(3, 1), count: 2, side: 1 });
  });
});
