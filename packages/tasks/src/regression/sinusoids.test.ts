import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { sinusoids } from './sinusoids.js';

describe('sinusoids', () => {
  it('puts support and query on the sinusoid that the truth names', () => {
    const distribution = sinusoids({ frequency: 1.5 });
    const { support, query } = distribution.episodes('train', 3, 4, createRng(1));
    expect(support.labelled.inputs.shape).toEqual([4, 10, 1]);
    for (let task = 0; task < 4; task++) {
      const { amplitude = 0, phase = 0 } =
        distribution.truth?.('train', 3 + task, createRng(1)).parameters ?? {};
      for (const set of [support.labelled, query]) {
        for (let point = 0; point < 10; point++) {
          const x = set.inputs.data[task * 10 + point] as number;
          expect(set.targets.data[task * 10 + point]).toBeCloseTo(amplitude * Math.sin(1.5 * x - phase), 5);
        }
      }
    }
  });

  it('draws amplitude, phase and points evenly from their ranges', () => {
    const distribution = sinusoids();
    const count = 2000;
    const { query } = distribution.episodes('test', 0, count, createRng(2));
    const truths = Array.from(
      { length: count },
      (_, index) => distribution.truth?.('test', index, createRng(2)).parameters,
    );
    const spread = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [
        mean,
        Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length),
      ] as const;
    };
    const expectUniform = (values: number[], low: number, high: number) => {
      const [mean, deviation] = spread(values);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(0.03 * (high - low));
      expect(deviation / (high - low)).toBeCloseTo(1 / Math.sqrt(12), 1);
    };
    expectUniform(
      truths.map((truth) => truth?.amplitude ?? Number.NaN),
      0.1,
      5,
    );
    expectUniform(
      truths.map((truth) => truth?.phase ?? Number.NaN),
      0,
      Math.PI,
    );
    expectUniform([...query.inputs.data], -5, 5);
  });

  it('lays test queries on an even grid where asked, on the test split alone', () => {
    const distribution = sinusoids({ queries: 5, testGrid: true });
    expect([...distribution.episodes('test', 0, 1, createRng(3)).query.inputs.data]).toEqual([
      -5, -2.5, 0, 2.5, 5,
    ]);
    expect([...distribution.episodes('train', 0, 1, createRng(3)).query.inputs.data]).not.toEqual([
      -5, -2.5, 0, 2.5, 5,
    ]);
  });

  it('is pure, and fills the buffers it is handed', () => {
    const distribution = sinusoids({ shots: 5 });
    const buffer = distribution.episodes('train', 0, 3, createRng(4));
    const kept = structuredClone(buffer);
    distribution.episodes('test', 900, 3, createRng(4), buffer);
    expect(buffer).not.toEqual(kept);
    expect(distribution.episodes('train', 0, 3, createRng(4), buffer)).toBe(buffer);
    expect(buffer).toEqual(kept);
    const single = sinusoids({ shots: 5 }).episodes('train', 2, 1, createRng(4));
    expect(single.query.targets.data).toEqual(kept.query.targets.data.slice(20));
  });

  it('refuses options out of range', () => {
    for (const options of [
      { shots: 0 },
      { queries: 1.5 },
      { frequency: 0 },
      { amplitude: [2, 1] as const },
    ]) {
      expect(() => sinusoids(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
