import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { chiSquare, frequencies } from '../__fixtures__/chi-square.js';
import { codeOf } from '../__fixtures__/code-of.js';
import { createReplay } from './create-replay.js';
import { fieldLayout, readField } from './field-layout.js';
import type { Replay, SampleOptions } from './replay.js';
import { createSumTree } from './sum-tree.js';

/** Value of field `id` of every row drawn. */
function drawn(replay: Replay, count: number, options: SampleOptions = {}): Float32Array {
  const batch = replay.sample(createRng(3), count, options);
  return readField(replay.layout, batch.rows.data as Float32Array, 'id');
}

const counted = (from: number, to: number) => ({
  id: Array.from({ length: to - from }, (_, index) => from + index),
});
describe('createReplay', () => {
  it('keeps the newest rows in a ring', () => {
    const replay = createReplay({ capacity: 4, fields: { id: 1 } });
    replay.add(counted(0, 6));
    expect(replay.size()).toBe(4);
    expect(replay.added()).toBe(6);
    expect([0, 1, 2, 3].map((slot) => replay.row(slot)[0])).toEqual([4, 5, 2, 3]);
  });

  it('lays fields out by name', () => {
    const replay = createReplay({ capacity: 4, fields: { a: 2, b: 1 } });
    replay.add({ a: [1, 2, 3, 4], b: [5, 6] });
    expect([...replay.row(1)]).toEqual([3, 4, 6]);
    expect(fieldLayout({ a: 2, b: 1 }).fields).toEqual({
      a: { offset: 0, size: 2 },
      b: { offset: 2, size: 1 },
    });
  });

  it('draws uniformly', () => {
    const replay = createReplay({ capacity: 10, fields: { id: 1 } });
    replay.add(counted(0, 10));
    const counts = frequencies(drawn(replay, 20_000), 10);
    expect(chiSquare(counts, Array(10).fill(0.1))).toBeLessThan(27.9); // 0.1 % of χ² with 9 degrees of freedom.
  });

  it('draws the same rows for the same stream', () => {
    const replay = createReplay({ capacity: 10, fields: { id: 1 } });
    replay.add(counted(0, 10));
    expect([...drawn(replay, 8)]).toEqual([...drawn(replay, 8)]);
  });

  it('draws equally many rows of each task, in order', () => {
    const replay = createReplay({ capacity: 10, fields: { id: 1 }, tasks: 3 });
    replay.add(counted(0, 2), 0);
    replay.add(counted(10, 15), 1);
    replay.add(counted(20, 29), 2);
    const batch = replay.sample(createRng(0), 50);
    expect(batch.rows.shape).toEqual([3, 50, 1]);
    const ids = batch.rows.data;
    expect([...ids].map((id) => Math.floor(id / 10))).toEqual([...batch.tasks]);
    expect(batch.tasks.filter((task) => task === 1).length).toBe(50);
    expect(replay.sample(createRng(0), 4, { tasks: [2], batches: 5 }).rows.shape).toEqual([5, 1, 4, 1]);
  });

  it('draws from the recent rows only', () => {
    const replay = createReplay({ capacity: 10, fields: { id: 1 } });
    replay.add(counted(0, 13));
    const values = drawn(replay, 4000, { view: { kind: 'recent', count: 4 } });
    const counts = frequencies(values, 13);
    expect(counts.slice(0, 9)).toEqual(Array(9).fill(0));
    expect(chiSquare(counts.slice(9), [0.25, 0.25, 0.25, 0.25])).toBeLessThan(16.3);
  });

  it('draws marked rows only, and half marked in a balanced view', () => {
    const replay = createReplay({ capacity: 8, fields: { id: 1, success: 1 }, mark: 'success' });
    replay.add({ id: [0, 1, 2, 3, 4, 5, 6, 7], success: [1, 0, 0, 0, 0, 0, 0, 1] });
    expect(new Set(drawn(replay, 200, { view: 'success' }))).toEqual(new Set([0, 7]));
    const counts = frequencies(drawn(replay, 2000, { view: 'balanced' }), 8);
    expect((counts[0] as number) + (counts[7] as number)).toBe(1000);
    replay.add({ id: [8], success: [0] }); // Overwrites row 0, which was marked.
    expect(new Set(drawn(replay, 200, { view: 'success' }))).toEqual(new Set([7]));
  });

  it('keeps a uniform sample in a reservoir', () => {
    const counts = Array<number>(20).fill(0);
    for (let seed = 0; seed < 2000; seed += 1) {
      const options = { allocation: 'reservoir', rng: createRng(seed) } as const;
      const replay = createReplay({ capacity: 5, fields: { id: 1 }, ...options });
      replay.add(counted(0, 20));
      for (let slot = 0; slot < 5; slot += 1) {
        const id = replay.row(slot)[0] as number;
        counts[id] = (counts[id] as number) + 1;
      }
    }
    expect(chiSquare(counts, Array(20).fill(0.05))).toBeLessThan(43.8); // 0.1 %, 19 degrees of freedom.
  });

  it('keeps the first rows where told to', () => {
    const replay = createReplay({ capacity: 3, fields: { id: 1 }, allocation: 'first-come' });
    replay.add(counted(0, 9));
    expect([0, 1, 2].map((slot) => replay.row(slot)[0])).toEqual([0, 1, 2]);
  });

  it('draws by priority, with importance weights', () => {
    const replay = createReplay({ capacity: 4, fields: { id: 1 }, priorityExponent: 0.5 });
    replay.add(counted(0, 4));
    replay.setPriorities(Int32Array.of(0, 1, 2, 3), [1, 4, 9, 16]);
    const batch = replay.sample(createRng(3), 10_000, { correction: 1 });
    const counts = frequencies(batch.rows.data as Float32Array, 4);
    expect(chiSquare(counts, [0.1, 0.2, 0.3, 0.4])).toBeLessThan(16.3);
    const weightOf = (id: number) => batch.weights.data[batch.rows.data.indexOf(id)] as number;
    expect(weightOf(0)).toBe(1); // The rarest.
    expect(weightOf(3)).toBeCloseTo(0.25);
  });

  it('draws new rows with the largest priority, and never those of priority 0', () => {
    const replay = createReplay({ capacity: 3, fields: { id: 1 }, priorityExponent: 1 });
    replay.add(counted(0, 2));
    replay.setPriorities(Int32Array.of(0, 1), [0, 3]);
    replay.add(counted(2, 3));
    const counts = frequencies(drawn(replay, 4000), 3);
    expect(counts[0]).toBe(0);
    expect(chiSquare(counts.slice(1), [0.5, 0.5])).toBeLessThan(10.8);
  });

  it.each([
    { fields: { id: 1 } },
    { fields: { id: 1 }, priorityExponent: 0.6 },
    { fields: { id: 1 }, mark: 'id' },
    { fields: { id: 1 }, allocation: 'reservoir', rng: createRng(5) },
  ] as const)('goes on exactly after a restore: %j', (given) => {
    const options = { capacity: 6, tasks: 2, ...given };
    const replay = createReplay(options);
    replay.add({ id: [0, 1, 0, 1, 0, 1, 1, 0] }, 0);
    replay.add({ id: [1, 0] }, 1);
    if ('priorityExponent' in given) replay.setPriorities(Int32Array.of(0, 3), [0.3, 7]);
    const other = createReplay(options);
    other.restore(replay.save());
    for (const store of [replay, other]) store.add({ id: [0, 1, 1] }, 0);
    const view = 'mark' in given ? 'success' : 'all';
    const [a, b] = [replay, other].map((store) => store.sample(createRng(1), 40, { view }).indices.slice());
    expect(a).toEqual(b);
    expect(other.row(1)).toEqual(replay.row(1));
    expect(other.added()).toBe(11);
  });

  it('refuses what it cannot do', () => {
    const replay = createReplay({ capacity: 4, fields: { a: 2, b: 1 } });
    expect(codeOf(() => replay.sample(createRng(0), 1))).toBe('@tasklearn/rl:EMPTY_REPLAY');
    expect(codeOf(() => replay.add({ a: [1, 2] }))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => replay.add({ a: [1, 2], b: [1] }, 3))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => createReplay({ capacity: 0, fields: { a: 1 } }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createReplay({ capacity: 1, fields: {} }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createReplay({ capacity: 1, fields: { a: 1 }, mark: 'b' }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createReplay({ capacity: 1, fields: { a: 1 }, allocation: 'reservoir' }))).toBe(
      'INVALID_OPTION',
    );
    const other = createReplay({ capacity: 4, fields: { a: 1 } });
    expect(codeOf(() => other.restore(replay.save()))).toBe('SHAPE_MISMATCH');
  });
});

describe('createSumTree', () => {
  it('finds items by cumulative weight', () => {
    const tree = createSumTree(5);
    [1, 0, 2, 0, 3].forEach((weight, index) => {
      tree.set(index, weight);
    });
    expect(tree.total()).toBe(6);
    expect([0, 0.99, 1, 2.99, 3, 5.99, 6].map((mass) => tree.find(mass))).toEqual([0, 0, 2, 2, 4, 4, 4]);
  });
});
