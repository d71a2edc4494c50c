import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { createDrawer } from './draw-without-replacement.js';

describe('createDrawer', () => {
  it('draws distinct integers, every ordered pair equally often, though it reuses its table', () => {
    const [draw, rng, out] = [createDrawer(9), createRng(1), new Int32Array(2)];
    const counts = new Map<string, number>();
    for (let trial = 0; trial < 8000; trial++) {
      draw(2, 5, rng, out);
      counts.set(out.join(), (counts.get(out.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(20);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0);
    expect(chiSquare).toBeLessThan(43.8); // 19 degrees of freedom, p = 0.001.
  });

  it('depends on the stream alone, not on earlier draws', () => {
    const [draw, used] = [createDrawer(50), createDrawer(50)];
    const [a, b, scratch] = [new Int32Array(20), new Int32Array(20), new Int32Array(50)];
    for (let trial = 0; trial < 30; trial++) used(1 + trial, 50, createRng(trial), scratch);
    draw(20, 40, createRng(99), a);
    used(20, 40, createRng(99), b);
    expect(b).toEqual(a);
  });

  it('shuffles everything when asked for everything', () => {
    const out = new Int32Array(6);
    createDrawer(6)(6, 6, createRng(2), out);
    expect([...out].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
