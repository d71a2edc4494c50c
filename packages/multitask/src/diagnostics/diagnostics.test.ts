import { TasklearnError } from '@tasklearn/core';
import { enableHigherOrderGradients } from '@tasklearn/nn';
import { conflictingQuadratics, linearOracle, linearSuite } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { gateUtilisation } from './gate-utilisation.js';
import { gradientConflict } from './gradient-conflict.js';
import { curvatureAlong, stepDamage } from './step-damage.js';
import { studentInterval } from './student-interval.js';
import { gradientAffinity, rankCorrelation } from './task-affinity.js';
import { transferRemedies } from './transfer-remedies.js';
import { transferReport } from './transfer-report.js';

beforeAll(() => enableHigherOrderGradients());
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);

describe('gradientConflict', () => {
  it('is what the vectors say', () => {
    const rows = [
      [3, 0, 0],
      [-1, 1, 0],
      [0, 0, 0],
    ];
    const { norms, cosines, magnitudes } = gradientConflict(tf.tensor2d(rows));
    const [n, c, m] = [norms, cosines, magnitudes].map((each) => each.arraySync()) as [
      number[],
      number[][],
      number[][],
    ];
    expect(n[0]).toBeCloseTo(3, 6);
    expect(n[1]).toBeCloseTo(Math.SQRT2, 6);
    expect(c[0]![1]).toBeCloseTo(-Math.SQRT1_2, 6);
    expect(c[0]![0]).toBeCloseTo(1, 6);
    expect(c[0]![2]).toBe(0);
    expect(m[0]![1]).toBeCloseTo((2 * 3 * Math.SQRT2) / 11, 6);
    expect(m[1]![1]).toBeCloseTo(1, 6);
  });

  it('reads off what the quadratics were made with', () => {
    const { gradients } = conflictingQuadratics({ tasks: 2, dimensions: 6, cosine: -0.8, magnitudeRatio: 5 });
    const { cosines, magnitudes } = gradientConflict(tf.tensor2d(gradients as number[][]));
    expect((cosines.arraySync() as number[][])[0]![1]).toBeCloseTo(-0.8, 5);
    expect((magnitudes.arraySync() as number[][])[0]![1]).toBeCloseTo(10 / 26, 5);
  });
});

describe('stepDamage', () => {
  it('of quadratics is ½ η² gᵀ H g, and curvature that of their sum', () => {
    const options = { tasks: 3, dimensions: 4, cosine: -0.2, magnitudeRatio: 2, conditionNumber: 8 };
    const { losses, gradients, hessians } = conflictingQuadratics(options);
    const theta = tf.zeros([4]);
    const rate = 0.3;
    const { damage, promised, changes } = stepDamage(losses, theta, rate);
    const bent = (H: Float64Array, g: readonly number[]) =>
      g.map((_, row) =>
        dot(
          g,
          g.map((_unused, k) => H[row * 4 + k] as number),
        ),
      );
    for (const [i, g] of gradients.entries())
      for (const [j, H] of hessians.entries()) {
        expect(damage[i]![j]).toBeCloseTo(0.5 * rate ** 2 * dot(g, bent(H, g)), 5);
        expect(promised[i]![j]).toBeCloseTo(-rate * dot(g, gradients[j]!), 5);
        expect(changes[i]![j]).toBeCloseTo(promised[i]![j]! + damage[i]![j]!, 6);
      }
    const step = [0.5, -1, 2, 0.1];
    const curvature = hessians.reduce((sum, H) => sum + dot(step, bent(H, step)), 0);
    expect(curvatureAlong(losses, theta, tf.tensor1d(step))).toBeCloseTo(curvature, 3);
  });

  it('has curvature that agrees with differences of gradients', () => {
    const losses = (x: Tensor) => tf.stack([tf.sum(tf.exp(x)), tf.sum(x.pow(4))]);
    const [at, step] = [
      [0.2, -0.4],
      [1, 0.5],
    ] as const;
    // Σ e^x v² + 12 x² v².
    const expected = at.reduce((sum, x, k) => sum + (Math.exp(x) + 12 * x * x) * step[k]! ** 2, 0);
    expect(curvatureAlong(losses, tf.tensor1d([...at]), tf.tensor1d([...step]))).toBeCloseTo(expected, 4);
  });
});

describe('gateUtilisation', () => {
  it('tells polarised gates from others', () => {
    const even = gateUtilisation(tf.fill([2, 5, 4], 0.25));
    expect(even).toMatchObject({ unused: [], only: undefined, isPolarised: false });
    expect(even.weights[1]).toEqual([0.25, 0.25, 0.25, 0.25]);
    const one = tf.tensor1d([0.02, 0.98]).reshape([1, 1, 2]).tile([2, 3, 1]);
    expect(gateUtilisation(one)).toMatchObject({ unused: [], only: 1, isPolarised: true });
    // An expert of one task only is used.
    const apart = tf.tensor3d([[[1, 0, 0]], [[0, 1, 0]]]);
    expect(gateUtilisation(apart)).toMatchObject({ unused: [2], only: undefined, isPolarised: true });
  });
});

describe('gradientAffinity', () => {
  it('is the mean of what it has seen, or a running one', () => {
    const [plain, running] = [gradientAffinity(), gradientAffinity(0.5)];
    for (const affinity of [plain, running])
      for (const value of [0.2, 0.4, 0.9])
        affinity.update([
          [1, value],
          [value, 1],
        ]);
    expect(plain.matrix()[0]![1]).toBeCloseTo(0.5, 9);
    expect(running.matrix()[0]![1]).toBeCloseTo(0.6, 9);
    expect(plain.count()).toBe(3);
    expect(() => plain.update([[1]])).toThrow(TasklearnError);
    expect(() => gradientAffinity(1)).toThrow(TasklearnError);
  });

  it('is 1 for a task and itself, and about 0 for tasks without relation', () => {
    const g = tf.randomNormal([2, 20_000], 0, 1, 'float32', 3);
    const twice = tf.concat([g, g.slice([0, 0], [1, 20_000])], 0);
    const affinity = gradientAffinity();
    affinity.update(gradientConflict(twice).cosines.arraySync() as number[][]);
    expect(affinity.matrix()[0]![2]).toBeCloseTo(1, 4);
    expect(Math.abs(affinity.matrix()[0]![1]!)).toBeLessThan(0.05);
  });

  it('orders pairs of linear tasks as their exact transfer does', () => {
    const T = 6;
    const { problem } = linearSuite({
      seed: 1,
      tasks: T,
      groups: 2,
      relatedness: 0.9,
      trainItems: 60,
      dimensions: 12,
    });
    const d = 12;
    // Gradients at zero are −Xᵀ y / n; their means over the population −w.
    const G = problem.inputs.map((x, t) =>
      Array.from({ length: d }, (_, at) => {
        const y = problem.targets[t] as Float64Array;
        return y.reduce((sum, target, item) => sum - target * (x[item * d + at] as number), 0) / y.length;
      }),
    );
    const affinity = gradientAffinity();
    affinity.update(gradientConflict(tf.tensor2d(G)).cosines.arraySync() as number[][]);
    const pairs = Array.from({ length: T }, (_, t) =>
      Array.from({ length: T - t - 1 }, (_unused, k) => [t, t + 1 + k] as const),
    ).flat();
    // Exact transfer of a pair: the error that both lose together if each also learns from the other.
    const gains = pairs.map(([t, u]) => {
      const of = (list: readonly Float64Array[]) => [list[t] as Float64Array, list[u] as Float64Array];
      const rho = problem.relations[t * T + u] as number;
      const { single, joint } = linearOracle({
        ...problem,
        tasks: 2,
        relations: Float64Array.of(1, rho, rho, 1),
        root: Float64Array.of(1, 0, rho, Math.sqrt(1 - rho ** 2)),
        inputs: of(problem.inputs),
        targets: of(problem.targets),
      });
      return single.risks[0]! + single.risks[1]! - joint.risks[0]! - joint.risks[1]!;
    });
    const found = pairs.map(([t, u]) => affinity.matrix()[t]![u] as number);
    expect(rankCorrelation(found, gains)).toBeGreaterThan(0.5);
  });

  it('has a rank correlation that is Spearman`s', () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 400])).toBeCloseTo(1, 9);
    expect(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 9);
    expect(rankCorrelation([1, 2, 3], [2, 1, 3])).toBeCloseTo(0.5, 9);
    expect(rankCorrelation([1, 1], [1, 2])).toBeNaN();
  });
});

describe('transferReport', () => {
  const alone = [
    [0.8, 0.7, 0.6],
    [0.82, 0.71, 0.58],
    [0.79, 0.69, 0.61],
  ];

  it('has no transfer between equal arms', () => {
    const { tasks, all, negative, losing } = transferReport(alone, alone);
    expect(tasks.map(({ mean, verdict }) => [mean, verdict])).toEqual([
      [0, 'open'],
      [0, 'open'],
      [0, 'open'],
    ]);
    expect([all.mean, negative, losing]).toEqual([0, 0, 0]);
  });

  it('tells what each task gains or loses, which a mean hides', () => {
    const arm = alone.map((run, index) => [run[0]! + 0.1 + 0.001 * index, run[1]! - 0.1, run[2]!]);
    const { tasks, all, negative, losing, gaining } = transferReport(arm, alone);
    expect(tasks.map(({ verdict }) => verdict)).toEqual(['gains', 'loses', 'open']);
    expect(tasks[0]!.mean).toBeCloseTo(0.101, 9);
    expect(Math.abs(all.mean)).toBeLessThan(0.001);
    expect([negative, losing, gaining]).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });

  it('leaves out what has no number, and refuses other runs', () => {
    const { tasks } = transferReport(
      [
        [Number.NaN, 1],
        [0.5, 1],
      ],
      [
        [0.1, 0],
        [0.4, 0],
      ],
    );
    expect(tasks[0]!.mean).toBeCloseTo(0.1, 9);
    expect(() => transferReport(alone, alone.slice(1))).toThrow(TasklearnError);
  });

  it('has Student`s intervals', () => {
    // t_{0.975} for 2, 4 and 9 degrees of freedom: 4.302653, 2.776445, 2.262157.
    expect(studentInterval([1, 2, 3]).upper).toBeCloseTo(2 + 4.302653 / Math.sqrt(3), 5);
    expect(studentInterval([1, 2, 3, 4, 5]).lower).toBeCloseTo(3 - 2.776445 * Math.sqrt(2.5 / 5), 5);
    const ten = Array.from({ length: 10 }, (_, at) => at);
    expect(studentInterval(ten).upper).toBeCloseTo(4.5 + 2.262157 * Math.sqrt(82.5 / 9 / 10), 5);
    expect(studentInterval([7])).toEqual({ mean: 7, lower: Number.NaN, upper: Number.NaN });
  });
});

describe('transferRemedies', () => {
  const fine = { trainTogether: 0.1, trainAlone: 0.1, testTogether: 0.15, testAlone: 0.15 };
  const names = (evidence: object) => transferRemedies({ ...fine, ...evidence }).map(({ remedy }) => remedy);

  it('climbs from fitting to generalising', () => {
    expect(names({})).toEqual(['none']);
    expect(names({ testAlone: 0.5 })).toEqual(['shareMore']);
    expect(names({ testTogether: 0.3 })).toEqual(['shareLess']);
    expect(names({ trainTogether: 0.2, testTogether: 0.3 })).toEqual([
      'moreCapacity',
      'balanceTasks',
      'shareLess',
    ]);
    expect(names({ trainTogether: 0.2, testTogether: 0.3, conflict: 0.6, trainWider: 0.2 })).toEqual([
      'gradientSurgery',
      'balanceTasks',
      'shareLess',
    ]);
  });
});
