import { createRng, type Trajectory } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { actionSpaceOf } from '../action-space.js';
import { sampleWindows, transitionStore, windowStarts } from './transition-store.js';

const sizes = { observation: 1, action: 2 };
const actions = actionSpaceOf({
  observation: { shape: [1], dtype: 'float32' },
  action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 },
  horizon: 5,
  hasSuccess: false,
});

/** Observations first, first + 1, ...; actions 0, 1, 0, ...; rewards 10, 11, ... */
function episode(first: number, length: number, terminated = false): Trajectory {
  return {
    observations: Float32Array.from({ length: length + 1 }, (_, step) => first + step),
    actions: Float32Array.from({ length }, (_, step) => step % 2),
    rewards: Float32Array.from({ length }, (_, step) => 10 + step),
    length,
    success: false,
    terminated,
  };
}

describe('transitionStore', () => {
  it('keeps rows of s, a one-hot, s′, reward and whether it went on', () => {
    const store = transitionStore(sizes, actions);
    store.add(episode(0, 2, true));
    expect(Array.from(store.rows())).toEqual([0, 1, 0, 1, 10, 1, 1, 0, 1, 2, 11, 0]);
    store.add(episode(5, 2));
    expect(store.size).toBe(4);
    expect(Array.from(store.rows().slice(-6))).toEqual([6, 0, 1, 7, 11, 1]);
  });

  it('grows, and is the same after it was saved', () => {
    const store = transitionStore(sizes, actions);
    for (let index = 0; index < 300; index += 1) store.add(episode(index, 7));
    const again = transitionStore(sizes, actions, store.save());
    expect(again.size).toBe(2100);
    expect(Array.from(again.rows())).toEqual(Array.from(store.rows()));
    expect(again.segments()).toEqual(store.segments());
    again.add(episode(0, 3));
    expect(again.size).toBe(2103);
  });
});

describe('windows', () => {
  const store = transitionStore(sizes, actions);
  store.add(episode(0, 5));
  store.add(episode(100, 6), [2]); // Its dynamics change after two steps.
  store.add(episode(200, 2));

  it('never cross the end of an episode or a change of dynamics', () => {
    expect(store.segments()).toEqual([
      { start: 0, length: 5 },
      { start: 5, length: 2 },
      { start: 7, length: 4 },
      { start: 11, length: 2 },
    ]);
    expect(Array.from(windowStarts(store.segments(), 4))).toEqual([0, 1, 7]);
    expect(Array.from(windowStarts(store.segments(), 6))).toEqual([]);
  });

  it('are consecutive, with support before query', () => {
    const starts = windowStarts(store.segments(), 4);
    const batch = sampleWindows(store.rows(), 6, starts, 4, 50, createRng(0));
    const seen = new Set<number>();
    for (let item = 0; item < 50; item += 1) {
      const first = batch[item * 24] as number;
      seen.add(first);
      for (let step = 0; step < 4; step += 1) {
        expect(batch[(item * 4 + step) * 6]).toBe(first + step);
        expect(batch[(item * 4 + step) * 6 + 3]).toBe(first + step + 1);
      }
    }
    expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 102]);
  });
});
