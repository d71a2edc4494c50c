import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { cagrad } from './cagrad.js';
import { gramMatrix } from './gram.js';
import { minimumNormWeights } from './mgda.js';
import { projectionCoefficients } from './pcgrad.js';

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);

const gaussians = (label: string, rows: number, columns: number): number[][] => {
  const rng = createRng(label);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => rng.gaussian()));
};

/** The projected gradients, and the weights that their sum gives the tasks. */
function projected(gradients: number[][], label: string): { rows: number[][]; weights: number[] } {
  return tf.tidy(() => {
    const G = tf.tensor2d(gradients);
    const keys = tf.tensor2d(gaussians(label, gradients.length, gradients.length));
    const C = projectionCoefficients(gramMatrix(G), keys);
    return {
      rows: C.matMul(G).arraySync() as number[][],
      weights: C.sum(0).arraySync() as number[],
    };
  });
}

describe('gradient surgery', () => {
  it('of two tasks in conflict: orthogonal to the other, and no longer in conflict, by the formula', () => {
    let conflicts = 0;
    for (let trial = 0; trial < 40; trial += 1) {
      const [first, second] = gaussians(`pair ${trial}`, 2, 3) as [number[], number[]];
      const product = dot(first, second);
      if (product >= 0) continue;
      conflicts += 1;
      const { rows, weights } = projected([first, second], 'keys');
      const [a, b] = rows as [number[], number[]];
      expect(dot(a, second)).toBeCloseTo(0, 4);
      expect(dot(first, b)).toBeCloseTo(0, 4);
      const cosine = product / Math.sqrt(dot(first, first) * dot(second, second));
      expect(dot(a, b)).toBeCloseTo(-product * (1 - cosine ** 2), 4);
      const update = a.map((value, at) => value + (b[at] as number));
      expect(dot(update, first)).toBeGreaterThan(-1e-4);
      expect(dot(update, second)).toBeGreaterThan(-1e-4);
      for (const weight of weights) expect(weight).toBeGreaterThan(1);
    }
    expect(conflicts).toBeGreaterThan(10);
  });

  it('of many tasks promises nothing: the more there are, the more often one of them is worse off', () => {
    const worse = [3, 5, 10].map((tasks) => {
      let count = 0;
      const trials = 80;
      for (let trial = 0; trial < trials; trial += 1) {
        const gradients = gaussians(`${tasks} tasks ${trial}`, tasks, 6);
        const { rows, weights } = projected(gradients, `keys ${trial}`);
        for (const weight of weights) expect(weight).toBeGreaterThan(1 - 1e-5);
        const update = rows.reduce((sum, row) => sum.map((value, at) => value + (row[at] as number)));
        if (gradients.some((gradient) => dot(gradient, update) < -1e-5)) count += 1;
      }
      return count / trials;
    });
    expect(worse[0]).toBeLessThan(0.15);
    expect(worse[1]).toBeGreaterThan(0.1);
    expect(worse[1]).toBeLessThan(0.5);
    expect(worse[2]).toBeGreaterThan(0.6);
  });
});

/** argmin of αᵀ K α over the simplex, by solving on every face of it. */
function exactMinimum(K: number[][]): number {
  const tasks = K.length;
  let best = Number.POSITIVE_INFINITY;
  for (let face = 1; face < 1 << tasks; face += 1) {
    const members = Array.from({ length: tasks }, (_, task) => task).filter((task) => face & (1 << task));
    // K_FF α = μ 1 on the face, then scaled to sum 1: Gauss and Jordan's elimination.
    const rows = members.map((i) => [...members.map((j) => K[i]![j] as number), 1]);
    for (const [pivot, row] of rows.entries()) {
      const head = row[pivot] as number;
      for (let at = 0; at < row.length; at += 1) row[at]! /= head;
      for (const other of rows) {
        if (other === row) continue;
        const factor = other[pivot] as number;
        for (let at = 0; at < row.length; at += 1) other[at]! -= factor * (row[at] as number);
      }
    }
    const raw = rows.map((row) => row.at(-1) as number);
    const total = raw.reduce((sum, value) => sum + value, 0);
    const alpha = raw.map((value) => value / total);
    if (!alpha.every((value) => Number.isFinite(value) && value >= 0)) continue;
    const value = members.reduce(
      (sum, i, a) =>
        sum + members.reduce((inner, j, b) => inner + alpha[a]! * alpha[b]! * (K[i]![j] as number), 0),
      0,
    );
    best = Math.min(best, value);
  }
  return best;
}

describe('the shortest convex combination', () => {
  it.each([2, 3, 4, 5])('of %i gradients is that of the exact quadratic programme', (tasks) => {
    for (let trial = 0; trial < 4; trial += 1) {
      const gradients = gaussians(`hull ${tasks} ${trial}`, tasks, 6);
      const K = gradients.map((row) => gradients.map((other) => dot(row, other)));
      const alpha = tf.tidy(() => Array.from(minimumNormWeights(tf.tensor2d(K), 200).dataSync()));
      expect(alpha.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4);
      for (const value of alpha) expect(value).toBeGreaterThanOrEqual(-1e-6);
      const received = dot(
        alpha,
        K.map((row) => dot(row, alpha)),
      );
      const expected = exactMinimum(K);
      expect(received).toBeGreaterThan(expected - 1e-4);
      expect(received - expected).toBeLessThan(0.02 * Math.max(expected, 1));
    }
  });
});

describe('the update that is averse to conflict', () => {
  it('by hand: of two opposed gradients along one line, and of two orthogonal ones', () => {
    const update = (gradients: number[][], radius: number) =>
      tf.tidy(() => {
        const input = { losses: tf.ones([2]), gradients: tf.tensor2d(gradients) };
        const { combined } = cagrad({ radius, iterations: 300 }).combine(input, {}, createRng(0));
        return Array.from(combined.dataSync()).map((value) => value / 2);
      });
    // g_0 = (½, ½): the worst task improves most along g_0 itself, d = (1 + c) g_0.
    for (const value of update(
      [
        [1, 0],
        [0, 1],
      ],
      0.4,
    ))
      expect(value).toBeCloseTo(0.7, 3);
    // g_1 = (3, 0), g_2 = (−1, 0): g_0 = (1, 0), and the second is worst: F(w) = w_1 3 − w_2 + ½ |3 w_1 − w_2| is least at
    // w = (0, 1) with −½, or at the kink w_1 = ¼ with 0; so d = g_0 + ½ · (−1, 0) = (½, 0).
    const [along, across] = update(
      [
        [3, 0],
        [-1, 0],
      ],
      0.5,
    );
    expect(along).toBeCloseTo(0.5, 2);
    expect(across).toBeCloseTo(0, 4);
  });
});
