import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { circleBoundary, circlePosterior, isInsideCircle } from './circle-boundary.js';
import { gaussianProcess, gaussianProcessPrediction } from './gaussian-process.js';
import { sinusoidOrLine, sinusoidOrLineAt, sinusoidOrLinePosterior } from './sinusoid-or-line.js';

describe('sinusoidOrLine', () => {
  it('puts points on the function that the truth names, half of them sinusoids', () => {
    const distribution = sinusoidOrLine({ noise: 0 });
    const { support, query } = distribution.episodes('test', 2, 200, createRng(1));
    let sinusoids = 0;
    for (let task = 0; task < 200; task++) {
      const parameters = distribution.truth?.('test', 2 + task, createRng(1)).parameters ?? {};
      const { sinusoid, amplitude = 0, phase = 0, slope = 0, intercept = 0 } = parameters;
      sinusoids += sinusoid ?? 0;
      for (const [set, points] of [
        [support.labelled, 5],
        [query, 10],
      ] as const) {
        const x = set.inputs.data[task * points + 1] as number;
        const y = sinusoid === 1 ? amplitude * Math.sin(x + phase) : slope * x + intercept;
        expect(set.targets.data[task * points + 1]).toBeCloseTo(y, 4);
      }
    }
    expect(Math.abs(sinusoids - 100)).toBeLessThan(30); // Four standard deviations.
  });

  it('knows how sure one can be: not after one point near 0, after points on a steep line', () => {
    const one = sinusoidOrLinePosterior([0], [0.5], 0.3);
    expect(one.sinusoid).toBeGreaterThan(0.2);
    expect(one.sinusoid).toBeLessThan(0.8);
    const line = { kind: 'line', slope: 2, intercept: 1 } as const;
    const x = [-4, -1, 2, 4];
    const steep = sinusoidOrLinePosterior(
      x,
      x.map((at) => sinusoidOrLineAt(line, at)),
      0.3,
    );
    expect(steep.sinusoid).toBeLessThan(1e-6);
  });

  it('has an evidence that integrates to one over y', () => {
    let sum = 0;
    for (let y = -25; y <= 25; y += 0.05)
      sum += 0.05 * Math.exp(sinusoidOrLinePosterior([2], [y], 0.3, 60).logEvidence);
    expect(sum).toBeCloseTo(1, 3);
  });

  it('is pure, whatever the batch', () => {
    const batch = sinusoidOrLine().episodes('train', 0, 3, createRng(4));
    const alone = sinusoidOrLine().episodes('train', 2, 1, createRng(4));
    expect(alone.query.targets.data).toEqual(batch.query.targets.data.slice(20));
  });

  it('refuses options out of range', () => {
    for (const options of [{ shots: 0 }, { queries: 0.5 }, { noise: -1 }]) {
      expect(() => sinusoidOrLine(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});

describe('circleBoundary', () => {
  it('labels queries by the circle that the truth names, and shows one point inside', () => {
    const distribution = circleBoundary();
    const { support, query } = distribution.episodes('validation', 7, 30, createRng(2));
    for (let task = 0; task < 30; task++) {
      const {
        x = 0,
        y = 0,
        radius = 0,
      } = distribution.truth?.('validation', 7 + task, createRng(2)).parameters ?? {};
      const at = (data: ArrayLike<number>, item: number) =>
        [data[2 * item] as number, data[2 * item + 1] as number] as const;
      expect(isInsideCircle({ x, y, radius: radius + 1e-5 }, at(support.labelled.inputs.data, task))).toBe(
        true,
      );
      for (let item = 20 * task; item < 20 * (task + 1); item++) {
        const inside = isInsideCircle({ x, y, radius }, at(query.inputs.data, item));
        expect(query.targets.data[item]).toBe(inside ? 1 : 0);
      }
    }
  });

  it('has a posterior that is sure of the point itself and of far ones, and knows which labels go together', () => {
    const posterior = circlePosterior([0, 0], createRng(3));
    expect(posterior.probabilityInside([0, 0])).toBe(1);
    expect(posterior.probabilityInside([3.1, 0])).toBe(0); // No circle is wider than 3.
    const right = posterior.probabilityInside([0.9, 0]);
    expect(right).toBeGreaterThan(0.1);
    expect(right).toBeLessThan(0.7);
    expect(posterior.probabilityInside([-0.9, 0])).toBeCloseTo(right, 1);
    // Opposite sides exclude each other more than if they were independent.
    const both = Math.exp(
      posterior.jointLogProbability(
        [
          [0.9, 0],
          [-0.9, 0],
        ],
        [1, 1],
      ),
    );
    expect(both).toBeLessThan(right * right);
  });

  it('refuses options out of range', () => {
    expect(() => circleBoundary({ queries: 0 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('gaussianProcess', () => {
  it('predicts as on paper from one point', () => {
    // a = 1, ℓ = 1, σ² = 1: (K + σ²I) = 2, k = e^(−1/2) at distance 1; m = k y / 2, s² = 2 − k² / 2.
    const { mean, standardDeviation } = gaussianProcessPrediction({ inputs: [0], targets: [3] }, [1], {
      lengthScale: 1,
      noise: 1,
    });
    const k = Math.exp(-0.5);
    expect(mean[0]).toBeCloseTo((3 * k) / 2, 10);
    expect(standardDeviation[0]).toBeCloseTo(Math.sqrt(2 - k ** 2 / 2), 10);
  });

  it('draws functions that the exact prediction is calibrated for', () => {
    const options = { shots: 4, queries: 5 };
    const { support, query } = gaussianProcess(options).episodes('test', 0, 400, createRng(5));
    const scores: number[] = [];
    for (let task = 0; task < 400; task++) {
      const part = (data: ArrayLike<number>, size: number) =>
        Array.from({ length: size }, (_, item) => data[task * size + item] as number);
      const { mean, standardDeviation } = gaussianProcessPrediction(
        { inputs: part(support.labelled.inputs.data, 4), targets: part(support.labelled.targets.data, 4) },
        part(query.inputs.data, 5),
      );
      const [y = 0] = part(query.targets.data, 5);
      scores.push((y - (mean[0] as number)) / (standardDeviation[0] as number));
    }
    const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(average(scores))).toBeLessThan(0.2); // Four standard errors.
    expect(Math.abs(average(scores.map((score) => score ** 2)) - 1)).toBeLessThan(0.3);
  });

  it('refuses options out of range', () => {
    for (const options of [{ shots: 0 }, { noise: 0 }, { lengthScale: -1 }]) {
      expect(() => gaussianProcess(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
