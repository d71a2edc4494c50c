import { createRng, jointSampler, TasklearnError } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { invertPositiveDefinite } from './invert-positive-definite.js';
import { linearSuite } from './linear-suite.js';
import { relationMatrix } from './task-relations.js';

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Risks over many draws: what exact Bayes expects, and what its estimates have against the true weights. */
function overDraws(options: object, draws: number) {
  const expected = { single: [] as number[], joint: [] as number[], pooled: [] as number[] };
  const realised = { single: [] as number[], joint: [] as number[], pooled: [] as number[] };
  for (let seed = 0; seed < draws; seed += 1) {
    const { oracle, weights, problem } = linearSuite({ seed, testItems: 1, validationItems: 1, ...options });
    const found = oracle();
    for (const key of ['single', 'joint', 'pooled'] as const) {
      expected[key].push(mean(found[key].risks));
      const error = found[key].weights.reduce((sum, w, at) => sum + (w - (weights[at] as number)) ** 2, 0);
      realised[key].push(error / problem.tasks);
    }
  }
  return { expected, realised };
}

describe('exact Bayes of the linear suite', () => {
  it('has single = joint without relation, and the risks of theory with one', () => {
    // Averages over the inputs too; d = 10, T = 8, σ = 0.5.
    const none = overDraws({ relatedness: 0 }, 40).expected;
    for (const [draw, risk] of none.joint.entries()) expect(risk).toBeCloseTo(none.single[draw] as number, 9);
    expect(mean(none.single)).toBeCloseTo(0.649, 1);
    expect(mean(none.pooled)).toBeCloseTo(1.198, 1);
    const high = overDraws({ relatedness: 0.9 }, 40).expected;
    expect(Math.abs(mean(high.joint) - 0.175)).toBeLessThan(0.01);
    expect(Math.abs(mean(high.pooled) - 0.188)).toBeLessThan(0.015);
    const half = overDraws({ relatedness: 0.5 }, 40).expected;
    expect(Math.abs(mean(half.joint) - 0.463)).toBeLessThan(0.02);
    expect(Math.abs(mean(half.pooled) - 0.638)).toBeLessThan(0.03);
  });

  it('expects the errors that its estimates make, within three standard errors', () => {
    const { expected, realised } = overDraws({ relatedness: 0.5, groups: 2, tasks: 6 }, 60);
    for (const key of ['single', 'joint', 'pooled'] as const) {
      const gaps = realised[key].map((value, draw) => value - (expected[key][draw] as number));
      const deviation = Math.sqrt(mean(gaps.map((gap) => (gap - mean(gaps)) ** 2)));
      expect(Math.abs(mean(gaps)), key).toBeLessThan((3 * deviation) / Math.sqrt(gaps.length));
    }
  });

  it('lets what pooling is worth change its sign with relatedness', () => {
    const gain = (relatedness: number) => {
      const { expected } = overDraws({ relatedness, trainItems: 10 }, 5);
      return mean(expected.single) - mean(expected.pooled);
    };
    expect(gain(0.25)).toBeLessThan(-0.2);
    expect(gain(0.9)).toBeGreaterThan(0.2);
  });

  it('has joint = pooled where all tasks are one', () => {
    const { joint, pooled } = linearSuite({ relatedness: 1, tasks: 4 }).oracle();
    for (const [task, risk] of joint.risks.entries())
      expect(risk).toBeCloseTo(pooled.risks[task] as number, 9);
    for (const [at, w] of joint.weights.entries()) expect(w).toBeCloseTo(pooled.weights[at] as number, 9);
  });

  it('is soft sharing: a centroid of strength σ² d / (1 − ρ), itself held by σ² d / ρ', () => {
    const [tasks, d, noise, rho] = [4, 3, 0.5, 0.6];
    const { oracle, problem } = linearSuite({
      tasks,
      dimensions: d,
      noise,
      relatedness: rho,
      trainItems: 4,
    });
    // min Σ_t ‖X_t w_t − y_t‖² + λ Σ_t ‖w_t − w_0‖² + μ ‖w_0‖²: its normal equations in (w_1, ..., w_T, w_0).
    const [lambda, mu] = [(noise ** 2 * d) / (1 - rho), (noise ** 2 * d) / rho];
    const n = (tasks + 1) * d;
    const A = new Float64Array(n * n);
    const b = new Float64Array(n);
    const add = (row: number, column: number, value: number) => {
      A[row * n + column]! += value;
    };
    for (const [t, x] of problem.inputs.entries()) {
      const y = problem.targets[t] as Float64Array;
      for (let i = 0; i < d; i += 1) {
        for (const [item, target] of y.entries()) {
          b[t * d + i]! += (x[item * d + i] as number) * target;
          for (let j = 0; j < d; j += 1)
            add(t * d + i, t * d + j, (x[item * d + i] as number) * (x[item * d + j] as number));
        }
        add(t * d + i, t * d + i, lambda);
        add(t * d + i, tasks * d + i, -lambda);
        add(tasks * d + i, t * d + i, -lambda);
        add(tasks * d + i, tasks * d + i, lambda);
      }
    }
    for (let i = 0; i < d; i += 1) add(tasks * d + i, tasks * d + i, mu);
    const inverse = invertPositiveDefinite(A, n);
    const { weights } = oracle().joint;
    for (const [at, expected] of weights.entries()) {
      const solution = mean(b.map((value, k) => value * (inverse[at * n + k] as number) * n));
      expect(solution).toBeCloseTo(expected, 10);
    }
  });
});

describe('the dials of the linear suite', () => {
  it('give gradients at zero the cosine that is asked for', () => {
    const options = { tasks: 6, groups: 2, relatedness: 0.7, acrossGroups: -0.4, exact: true };
    const { weights } = linearSuite(options);
    const relations = relationMatrix({ tasks: 6, groups: 2, relatedness: 0.7, acrossGroups: -0.4 });
    for (let t = 0; t < 6; t += 1)
      for (let u = 0; u < 6; u += 1) {
        let product = 0;
        for (let at = 0; at < 10; at += 1)
          product += (weights[t * 10 + at] as number) * (weights[u * 10 + at] as number);
        expect(product).toBeCloseTo(relations[t * 6 + u] as number, 10);
      }
  });

  it('set sizes, scales, kinds and missing labels', () => {
    const suite = linearSuite({
      tasks: 4,
      trainItems: 64,
      longTail: 1,
      scales: [1, 10, 1, 1],
      classifications: 1,
      missing: 0.25,
    });
    expect(suite.sizes.train).toEqual([64, 32, 21, 16]);
    expect(Object.keys(suite.spec.groups)).toEqual(['numbers', 'signs']);
    expect(suite.spec.groups.numbers?.statistics?.deviation.shape).toEqual([3, 1]);
    const { deviation } = suite.spec.groups.numbers!.statistics!;
    expect((deviation.data[1] as number) / (deviation.data[0] as number)).toBeGreaterThan(4);
    const { mask } = suite.rows(
      'train',
      0,
      Int32Array.from({ length: 64 }, (_, item) => item),
    );
    expect(mean(mask!.data)).toBeGreaterThan(0.55);
    expect(mean(mask!.data)).toBeLessThan(0.95);
    expect(suite.truth).toBeUndefined();
    const batch = jointSampler({ distribution: suite, split: 'train', batchSize: 8 })(0, createRng(0));
    expect(batch.groups.signs?.targets.dtype).toBe('int32');
    expect(batch.inputs.shape).toEqual([4, 8, 10]);
  });

  it('share inputs, and make labels that say nothing', () => {
    const { rows, truth } = linearSuite({ sharedInputs: true, labels: 'random' });
    const first = rows('test', 0, Int32Array.of(3));
    const second = rows('test', 1, Int32Array.of(3));
    expect(second.inputs.data).toEqual(first.inputs.data);
    expect(second.targets.data).not.toEqual(first.targets.data);
    expect(truth).toBeUndefined();
  });

  it('have test targets without noise, and risks in the scale of each task', () => {
    const { rows, weights, truth } = linearSuite({ scales: [1, 3, 1, 1, 1, 1, 1, 1] });
    const { inputs, targets } = rows('test', 1, Int32Array.of(7));
    const y = inputs.data.reduce((sum, x, at) => sum + x * (weights[10 + at] as number), 0);
    expect(targets.data[0]).toBeCloseTo(3 * y, 4);
    const plain = linearSuite().truth;
    expect(truth?.singleRisk?.[1]).toBeCloseTo(9 * (plain?.singleRisk?.[1] as number), 9);
  });

  it('bend the labels', () => {
    const at = Int32Array.from({ length: 20 }, (_, item) => item);
    const { targets } = linearSuite({ link: 'tanh' }).rows('test', 2, at);
    for (const [item, y] of linearSuite().rows('test', 2, at).targets.data.entries())
      expect(targets.data[item]).toBeCloseTo(Math.tanh(y), 5);
    expect(linearSuite({ link: 'tanh' }).truth).toBeUndefined();
  });

  it('are refused out of range', () => {
    const bad = [
      { relatedness: -0.5 }, // Eight tasks cannot all be opposed.
      { groups: 9 },
      { classifications: 9 },
      { exact: true, dimensions: 4 },
      { scales: [1, 2] },
      { scales: [0, 1, 1, 1, 1, 1, 1, 1] },
      { sharedInputs: true, longTail: 1 },
      { noise: 0 },
      { labels: 'guess' },
    ];
    for (const options of bad)
      expect(() => linearSuite(options as never), JSON.stringify(options)).toThrow(TasklearnError);
    expect(() => invertPositiveDefinite(Float64Array.of(1, 2, 2, 1), 2)).toThrow(/pivot/);
  });
});
