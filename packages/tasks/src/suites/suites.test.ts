import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { conflictingQuadratics, deepValleys, deepValleysStarts } from './conflicting-losses.js';
import { correlatedRegression } from './correlated-regression.js';
import { describedSinusoids } from './described-sinusoids.js';

const all = (count: number) => Int32Array.from({ length: count }, (_, item) => item);

describe('correlated regression', () => {
  const small = { trainItems: 50, validationItems: 5, testItems: 4000 };

  it('has tasks whose linear parts correlate as asked', () => {
    for (const correlation of [1, 0, -0.9]) {
      const { rows } = correlatedRegression({ ...small, correlation, terms: 0, noise: 0 });
      const [a, b] = [0, 1].map((task) => rows('test', task, all(4000)).targets.data) as [
        Float32Array,
        Float32Array,
      ];
      const product = (x: Float32Array, y: Float32Array) =>
        x.reduce((sum, value, at) => sum + value * (y[at] as number), 0);
      const cosine = product(a, b) / Math.sqrt(product(a, a) * product(b, b));
      expect(Math.abs(cosine - correlation)).toBeLessThan(0.05);
    }
  });

  it('is one task twice at correlation 1, but for noise', () => {
    const { rows, spec } = correlatedRegression({ ...small, noise: 0 });
    expect(rows('test', 0, all(9)).targets.data).toEqual(rows('test', 1, all(9)).targets.data);
    expect(spec.sharedInputs).toBe(true);
  });

  it('refuses a correlation out of range', () => {
    expect(() => correlatedRegression({ correlation: 1.1 })).toThrow(TasklearnError);
  });
});

describe('described sinusoids', () => {
  it('are told apart by what they are', () => {
    const { rows, spec } = describedSinusoids({ tasks: 3 });
    const [amplitude = 0, phase = 0] = spec.descriptors.data.subarray(2, 4);
    const { inputs, targets } = rows('test', 1, all(5));
    const a = 1.25 + (amplitude * 1.5) / Math.sqrt(12);
    const b = (0.5 + phase / Math.sqrt(12)) * Math.PI;
    for (const [item, y] of targets.data.entries())
      expect(y).toBeCloseTo(a * Math.sin((inputs.data[item] as number) + b), 4);
    expect(spec.descriptorsGeneralise).toBe(true);
  });

  it('share no task between sets with other numbers', () => {
    const [first, second] = [0, 3].map((firstTask) => describedSinusoids({ tasks: 3, firstTask }));
    expect(second!.spec.tasks.map(({ id }) => id)).toEqual(['3', '4', '5']);
    expect(second!.spec.descriptors.data).not.toEqual(first!.spec.descriptors.data);
    expect(describedSinusoids({ tasks: 3, descriptors: 'oneHot' }).spec.descriptorsGeneralise).toBe(false);
  });
});

describe('conflicting losses', () => {
  it('have the gradients and curvatures that are asked for', () => {
    const options = {
      tasks: 3,
      dimensions: 5,
      cosine: -0.3,
      magnitudeRatio: 4,
      conditionNumber: 25,
    };
    const { gradients, hessians, losses } = conflictingQuadratics(options);
    const dot = (a: readonly number[], b: readonly number[]) =>
      a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
    const lengths = gradients.map((gradient) => Math.sqrt(dot(gradient, gradient)));
    expect((lengths[0] as number) / (lengths[2] as number)).toBeCloseTo(4, 9);
    for (const [i, j] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(
        dot(gradients[i]!, gradients[j]!) / ((lengths[i] as number) * (lengths[j] as number)),
      ).toBeCloseTo(-0.3, 9);
    // Traces: 1 + 25^¼ + ... + 25.
    const trace = [0, 1, 2, 3, 4].reduce((sum, k) => sum + 25 ** (k / 4), 0);
    for (const H of hessians)
      expect([0, 1, 2, 3, 4].reduce((sum, at) => sum + (H[at * 6] as number), 0)).toBeCloseTo(trace, 9);
    tf.tidy(() => {
      const theta = tf.tensor1d([0.1, -0.2, 0.3, 0, 0.5]);
      const received = losses(theta).arraySync() as number[];
      const t = [0.1, -0.2, 0.3, 0, 0.5];
      for (const [task, H] of hessians.entries()) {
        const bent = t.map((_, row) => t.reduce((sum, x, k) => sum + (H[row * 5 + k] as number) * x, 0));
        expect(received[task]).toBeCloseTo(dot(gradients[task]!, t) + 0.5 * dot(t, bent), 5);
      }
      const gradient = tf.grad((x: tf.Tensor) => losses(x).slice([1], [1]).sum())(tf.zeros([5]));
      for (const [at, value] of (gradient.arraySync() as number[]).entries())
        expect(value).toBeCloseTo(gradients[1]![at] as number, 5);
    });
  });

  it('refuse a cosine that so many vectors cannot have', () => {
    expect(() => conflictingQuadratics({ tasks: 4, dimensions: 4, cosine: -0.5 })).toThrow(TasklearnError);
  });

  it('of the valleys conflict on the way', () => {
    tf.tidy(() => {
      // By hand at (2, 0): |½ · 2 + tanh 0| = 1 and |1 − 0 + 2| = 3.
      const [first, second] = deepValleys(tf.tensor1d([2, 0])).arraySync() as [number, number];
      expect(first).toBeCloseTo(0, 5);
      expect(second).toBeCloseTo(25 * Math.log(3), 4);
      expect(deepValleysStarts).toHaveLength(5);
    });
  });
});
