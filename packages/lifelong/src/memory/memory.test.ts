import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { drawItems } from './draw-items.js';
import { createMemory, emptyMemory, type StoredItem } from './memory.js';

const item = (number: number, label = 0, task = 0): StoredItem => ({
  inputs: Float32Array.of(number),
  targets: Int32Array.of(label),
  task,
});
const numbers = (items: readonly StoredItem[]) => items.map(({ inputs }) => inputs[0] as number);
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('createMemory', () => {
  it('keeps every item with the same probability in a reservoir', () => {
    const [length, size, rounds] = [20, 5, 2000];
    const memory = createMemory('reservoir', size, 1);
    const kept = new Float64Array(length);
    for (const round of range(rounds)) {
      let state = emptyMemory;
      for (const index of range(length / 4)) {
        const added = range(4).map((place) => item(4 * index + place));
        state = memory.add(state, added, createRng(7).split(round).split(index));
      }
      expect(state.items).toHaveLength(size);
      for (const number of numbers(state.items)) kept[number]! += 1;
    }
    const expected = (rounds * size) / length;
    // Inclusions are less dispersed than a multinomial: the statistic's mean is 20 · (1 − 5/20) = 15.
    const statistic = kept.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(statistic).toBeLessThan(36); // χ², 19 degrees of freedom, p = 0.01.
    expect(statistic).toBeGreaterThan(3);
  });

  it('keeps the last items in a ring, and the last of each task', () => {
    const rng = createRng(0);
    const added = range(8).map((index) => item(index, 0, index < 5 ? 0 : 1));
    expect(numbers(createMemory('ring', 3, 2).add(emptyMemory, added, rng).items)).toEqual([5, 6, 7]);
    const { items } = createMemory('perTask', 5, 2).add(emptyMemory, added, rng);
    expect(numbers(items)).toEqual([3, 4, 6, 7]);
  });

  it('levels classes', () => {
    const memory = createMemory('classBalanced', 10, 1);
    let state = memory.add(
      emptyMemory,
      range(99).map((index) => item(index, 0)),
      createRng(1),
    );
    state = memory.add(
      state,
      range(5).map((index) => item(index, 1)),
      createRng(2),
    );
    expect(state.items.filter(({ targets }) => targets[0] === 1)).toHaveLength(5);
  });

  it('keeps nothing or everything', () => {
    const added = range(4).map((index) => item(index));
    expect(createMemory('none', 9, 1).add(emptyMemory, added, createRng(0)).items).toEqual([]);
    expect(createMemory('all', 0, 1).add(emptyMemory, added, createRng(0)).items).toEqual(added);
    expect(createMemory('reservoir', 0, 1).add(emptyMemory, added, createRng(0)).items).toEqual([]);
  });

  it('leaves earlier states as they were', () => {
    for (const kind of ['ring', 'reservoir', 'classBalanced', 'perTask'] as const) {
      const memory = createMemory(kind, 2, 1);
      const first = memory.add(emptyMemory, [item(0), item(1)], createRng(0));
      memory.add(
        first,
        range(9).map((index) => item(index)),
        createRng(0),
      );
      expect(numbers(first.items)).toEqual([0, 1]);
    }
    expect(emptyMemory).toEqual({ items: [], seen: 0 });
  });
});

describe('drawItems', () => {
  const items = range(100).map((index) => item(index, index === 0 ? 1 : 0, index < 10 ? 0 : 1));

  it('draws without replacement where items count alike', () => {
    expect(new Set(numbers(drawItems(items, 60, 'items', createRng(0)))).size).toBe(60);
    expect(drawItems(items, 200, 'items', createRng(0))).toHaveLength(100);
    expect(drawItems([], 5, 'classes', createRng(0))).toEqual([]);
  });

  it('draws classes and tasks alike where they count alike', () => {
    const share = (balance: 'tasks' | 'classes', of: (item: StoredItem) => boolean) =>
      drawItems(items, 2000, balance, createRng(3)).filter(of).length / 2000;
    expect(Math.abs(share('classes', ({ targets }) => targets[0] === 1) - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(share('tasks', ({ task }) => task === 0) - 0.5)).toBeLessThan(0.05);
  });
});
