import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { linear } from './linear.js';

describe('linear', () => {
  it('puts support and query on the plane that the truth names', () => {
    const distribution = linear({ dimensions: 2, shots: 3, queries: 4 });
    const { support, query } = distribution.episodes('validation', 5, 2, createRng(1));
    for (const task of [0, 1]) {
      const {
        intercept = 0,
        weight0 = 0,
        weight1 = 0,
      } = distribution.truth?.('validation', 5 + task, createRng(1)).parameters ?? {};
      for (const [set, points] of [
        [support.labelled, 3],
        [query, 4],
      ] as const) {
        for (let point = 0; point < points; point++) {
          const [x0 = 0, x1 = 0] = set.inputs.data.subarray((task * points + point) * 2);
          expect(set.targets.data[task * points + point]).toBeCloseTo(
            intercept + weight0 * x0 + weight1 * x1,
            5,
          );
        }
      }
    }
  });

  it('adds noise of the standard deviation asked for', () => {
    const clean = linear().episodes('train', 0, 1000, createRng(2));
    const noisy = linear({ noise: 0.5 }).episodes('train', 0, 1000, createRng(2));
    expect(noisy.query.inputs.data).toEqual(clean.query.inputs.data);
    const residuals = noisy.query.targets.data.map(
      (value, index) => value - (clean.query.targets.data[index] as number),
    );
    const deviation = Math.sqrt(
      residuals.reduce((sum: number, value) => sum + value * value, 0) / residuals.length,
    );
    expect(deviation).toBeCloseTo(0.5, 1);
  });

  it('gives one task of a batch the numbers it has alone', () => {
    const batch = linear().episodes('train', 0, 4, createRng(3));
    const alone = linear().episodes('train', 3, 1, createRng(3));
    expect(alone.query.targets.data).toEqual(batch.query.targets.data.slice(30));
  });

  it('refuses options out of range', () => {
    for (const options of [{ shots: 0 }, { dimensions: 0 }, { noise: -1 }]) {
      expect(() => linear(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
