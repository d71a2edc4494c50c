import { createRng } from '@tasklearn/core';
import { meanTracking } from '@tasklearn/tasks';
import { describe, expect, it } from 'vitest';
import { distancesToMean, regretOf } from './regret.js';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const half = (values: readonly number[]) => values.map((value) => value / 2);

/** Points of a lifetime whose mean stays, [T][d]. */
function points(length: number, size: number, index: number) {
  const stream = meanTracking({ length, size }).stream('test', index, createRng('regret'));
  return Array.from({ length }, (_, t) => [...stream.step(t).targets.data]);
}

const squared = (a: readonly number[], b: readonly number[]) =>
  a.reduce((total, value, axis) => total + (value - (b[axis] as number)) ** 2, 0);

/** ‖θ_t − c_t‖² of a rule that makes θ_t from the points before. */
function paid(all: readonly number[][], rule: (before: readonly number[][]) => readonly number[]) {
  return all.map((point, t) => squared(rule(all.slice(0, t)), point));
}

const leader = (before: readonly number[][]) =>
  [0, 1].map((axis) => sum(before.map((point) => point[axis] as number)) / Math.max(1, before.length));

describe('regretOf', () => {
  it('is known by hand for four points', () => {
    const all = [
      [1, 0],
      [3, 0],
      [1, 0],
      [3, 0],
    ];
    // Leader: 0, 1, 2, 5/3; best fixed: 2, at distance 1 from each.
    const losses = half(paid(all, leader));
    expect(losses.map((loss) => Math.round(1e6 * loss) / 1e6)).toEqual([0.5, 2, 0.5, 0.888889]);
    expect(distancesToMean(all)).toEqual([1, 1, 1, 1]);
    expect(regretOf(losses, half(distancesToMean(all))).at(-1)).toBeCloseTo(3.888889 - 2, 6);
  });

  it('of the leader is Σ ‖θ_t − c_t‖² / 2t, on average logarithmic; of what does not learn, linear', () => {
    const [length, size, runs] = [120, 2, 300];
    const found = { leader: 0, fixed: 0 };
    for (let index = 0; index < runs; index += 1) {
      const all = points(length, size, index);
      const best = half(distancesToMean(all));
      const losses = paid(all, leader);
      const regret = regretOf(half(losses), best).at(-1) as number;
      expect(regret).toBeCloseTo(sum(losses.map((loss, t) => loss / (2 * (t + 1)))), 8);
      found.leader += regret / runs;
      found.fixed += (regretOf(half(paid(all, () => [0, 0])), best).at(-1) as number) / runs;
    }
    const harmonic = sum(Array.from({ length: length - 1 }, (_, t) => 1 / (t + 1)));
    // μ ~ N(0, I), points ~ N(μ, I): ½ E‖c_1‖² = d, and s² d / 2 = 1.
    expect(Math.abs(found.leader - (size + harmonic))).toBeLessThan(0.5);
    // T E‖μ‖² / 2 + s² d / 2.
    expect(Math.abs(found.fixed - (length * size) / 2 - 1)).toBeLessThan(25);
  });

  it('of the leader is linear where losses are not strongly convex', () => {
    // θ in [-1, 1], losses θ times 1/2, -1, 1, -1, ...: the leader is always at the end that will be wrong.
    const slopes = Array.from({ length: 101 }, (_, t) => (t === 0 ? 0.5 : t % 2 === 1 ? -1 : 1));
    const losses = slopes.map((slope, t) => slope * (t === 0 ? 0 : -Math.sign(sum(slopes.slice(0, t)))));
    expect(losses.slice(1).every((loss) => loss === 1)).toBe(true);
    const best = -Math.sign(sum(slopes));
    const regret = regretOf(
      losses,
      slopes.map((slope) => slope * best),
    ).at(-1);
    expect(regret).toBe(100.5);
  });

  it('may be negative where the stream drifts', () => {
    const stream = meanTracking({ order: 'drift', amplitude: 40, length: 100 }).stream(
      'test',
      0,
      createRng(1),
    );
    const all = Array.from({ length: 100 }, (_, t) => [...stream.step(t).targets.data]);
    const last = (before: readonly number[][]) => before.at(-1) ?? [0, 0];
    expect(regretOf(paid(all, last), distancesToMean(all)).at(-1)).toBeLessThan(0);
    expect(() => regretOf([1], [1, 2])).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});
