import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { gaussianClasses, gaussianClassPrediction } from './gaussian-classes.js';

describe('gaussianClassPrediction', () => {
  it('is the posterior computed by hand', () => {
    // σ = 1: one item at 2 of class 0, two at −1 and −3 of class 1. v = 1/2, 1/3; m = 1, −4/3; predictive variance 3/2, 4/3.
    const support = { inputs: [2, -1, -3], labels: [0, 1, 1] };
    const [first = 0, second = 0] = gaussianClassPrediction(support, [0.5], {
      ways: 2,
      dimensions: 1,
      noise: 1,
    });
    const density = (mean: number, variance: number) =>
      Math.exp(-((0.5 - mean) ** 2) / (2 * variance)) / Math.sqrt(variance);
    const [a, b] = [density(1, 1.5), density(-4 / 3, 4 / 3)];
    expect(first).toBeCloseTo(a / (a + b), 12);
    expect(second).toBeCloseTo(b / (a + b), 12);
  });

  it('leaves masked items out', () => {
    const options = { ways: 2, dimensions: 1, noise: 0.5 };
    const all = gaussianClassPrediction(
      { inputs: [1, 9, -1], labels: [0, 0, 1], mask: [1, 0, 1] },
      [0.3],
      options,
    );
    expect([...all]).toEqual([
      ...gaussianClassPrediction({ inputs: [1, -1], labels: [0, 1] }, [0.3], options),
    ]);
  });

  it('is right in 89 % of 5-way 1-shot queries, and surer of them with five shots', () => {
    const rate = (shots: number) => {
      const distribution = gaussianClasses({ shots, queries: 4 });
      const { support, query } = distribution.episodes('test', 0, 600, createRng(0));
      const [size, items] = [support.labelled.targets.data.length / 600, 20];
      let right = 0;
      for (let task = 0; task < 600; task++) {
        const prediction = gaussianClassPrediction(
          {
            inputs: support.labelled.inputs.data.subarray(task * size * 8, (task + 1) * size * 8),
            labels: support.labelled.targets.data.subarray(task * size, (task + 1) * size),
          },
          query.inputs.data.subarray(task * items * 8, (task + 1) * items * 8),
          { ways: 5, dimensions: 8, noise: 0.6 },
        );
        for (let item = 0; item < items; item++) {
          const row = prediction.subarray(item * 5, item * 5 + 5);
          if (row.indexOf(Math.max(...row)) === query.targets.data[task * items + item]) right++;
        }
      }
      return right / 12_000;
    };
    expect(Math.abs(rate(1) - 0.889)).toBeLessThan(0.015); // Four standard errors over tasks.
    expect(rate(5)).toBeGreaterThan(0.94);
  });
});

describe('gaussianClasses', () => {
  it('meets few training classes again, and shares none between splits', () => {
    const of = (split: 'train' | 'test') => {
      const distribution = gaussianClasses({ trainClasses: 5, testClasses: 5, noise: 1e-6, queries: 1 });
      const { query } = distribution.episodes(split, 0, 50, createRng(1));
      return new Set(
        Array.from({ length: 250 }, (_, item) => (query.inputs.data[item * 8] as number).toFixed(3)),
      );
    };
    const [train, test] = [of('train'), of('test')];
    expect(train.size).toBe(5);
    expect([...train].filter((value) => test.has(value))).toEqual([]);
  });

  it('refuses a noise of zero', () => {
    expect(() => gaussianClasses({ noise: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
