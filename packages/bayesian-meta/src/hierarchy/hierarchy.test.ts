import { createRng } from '@tasklearn/core';
import { gradients } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { logJoint } from './hierarchical-model.js';
import { expectedSquaredError, linearGaussianHierarchy, structureOf } from './linear-gaussian.js';
import { twoModeModel, twoModePosterior } from './two-mode-model.js';

const number = (x: tf.Tensor) => x.dataSync()[0] as number;

describe('the linear-Gaussian hierarchy', () => {
  it('fits on paper in one dimension', () => {
    // τ = 1, σ = 1, μ = 0, data (1, 2), (1, 4): Λ = 3, m = 2; at x = 2: mean 4, variance 1 + 4/3.
    const model = linearGaussianHierarchy({ dimension: 1, taskDeviation: 1, noise: 1 });
    const data = { inputs: tf.ones([1, 2, 1]), targets: tf.tensor2d([[2, 4]]) };
    const belief = model.posterior(data);
    expect(number(belief.precision)).toBeCloseTo(3, 5);
    expect(number(belief.mean)).toBeCloseTo(2, 5);
    const { mean, variance } = model.predict(belief, tf.tensor3d([[[2]]]));
    expect(number(mean)).toBeCloseTo(4, 5);
    expect(number(variance)).toBeCloseTo(1 + 4 / 3, 5);
    // y ~ N(0, I + 1 1ᵀ): det 3, yᵀ Σ⁻¹ y = 20 − 36/3 = 8.
    const evidence = -0.5 * (8 + Math.log(3) + 2 * Math.log(2 * Math.PI));
    expect(number(model.logEvidence(data))).toBeCloseTo(evidence, 4);
  });

  it('has its posterior where the log joint is flat, and counts masked items out', () => {
    const rng = createRng('flat');
    const model = linearGaussianHierarchy({ dimension: 3 }, rng.normal([3]));
    const data = { inputs: rng.normal([2, 5, 3]), targets: rng.normal([2, 5]) };
    const { mean } = model.posterior(data);
    const slope = gradients(
      (phi: tf.Tensor) => tf.sum(logJoint(model, phi, data)).asScalar(),
      mean.expandDims(1),
    );
    expect(number(tf.max(tf.abs(slope)))).toBeLessThan(2e-3); // Of terms of the size of 1/σ² = 11.
    const mask = tf.tensor2d([1, 1, 0, 0, 0, 1, 1, 0, 0, 0], [2, 5]);
    const two = {
      inputs: tf.slice(data.inputs, [0, 0, 0], [2, 2, 3]),
      targets: tf.slice(data.targets, [0, 0], [2, 2]),
    };
    const masked = model.logEvidence({ ...data, mask }).sub(model.logEvidence(two));
    expect(number(tf.max(tf.abs(masked)))).toBeLessThan(1e-3);
  });

  it('meets the entropy condition where θ says something of φ, and only there', () => {
    const report = structureOf({ dimension: 2, meanDeviation: 3, taskDeviation: 1 });
    expect(report.marginalEntropy - report.conditionalEntropy).toBeCloseTo(Math.log(10), 6);
    expect(report.structure).toBeCloseTo(0.9, 6);
    expect(report.shared).toBe(true);
    expect(structureOf({ meanDeviation: 0 }).shared).toBe(false);
  });

  it('errs as the closed form says: less where θ is known, and equally where tasks share nothing', () => {
    const options = {
      dimension: 2,
      meanDeviation: Math.sqrt(0.9),
      taskDeviation: Math.sqrt(0.1),
      noise: 0.5,
    };
    const tasks = 4000;
    const rng = createRng('errors');
    const mu = rng.normal([tasks, 2]).mul(options.meanDeviation);
    const phi = rng.normal([tasks, 2]).mul(options.taskDeviation).add(mu);
    // XᵀX = K I with K = 1: unit vectors.
    const inputs = tf
      .eye(2)
      .expandDims(0)
      .add(tf.zeros([tasks, 1, 1]));
    const targets = phi.add(rng.normal([tasks, 2]).mul(options.noise));
    const scratch = { ...options, taskDeviation: 1 };
    for (const [model, knowing] of [
      [linearGaussianHierarchy(options, mu), 'theta'],
      [linearGaussianHierarchy(scratch), 'nothing'],
    ] as const) {
      const error = tf.sum(tf.square(model.posterior({ inputs, targets }).mean.sub(phi)), 1);
      const { mean, variance } = tf.moments(error);
      const deviations =
        Math.abs(number(mean) - expectedSquaredError(options, 1, knowing)) /
        Math.sqrt(number(variance) / tasks);
      expect(deviations).toBeLessThan(4);
    }
    expect(expectedSquaredError(options, 1, 'theta')).toBeLessThan(
      0.5 * expectedSquaredError(options, 1, 'nothing'),
    );
    const unrelated = { ...options, meanDeviation: 0 };
    expect(expectedSquaredError(unrelated, 3, 'theta')).toBe(expectedSquaredError(unrelated, 3, 'nothing'));
  });

  it('refuses options out of range', () => {
    for (const options of [{ dimension: 0 }, { taskDeviation: 0 }, { noise: -1 }])
      expect(() => linearGaussianHierarchy(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});

describe('the model with two modes', () => {
  it('has a symmetric posterior with its mass at ±√y', () => {
    const { phi, probability, logEvidence } = twoModePosterior([1]);
    const share = (holds: (value: number) => boolean) =>
      probability.reduce((sum, p, at) => sum + (holds(phi[at] as number) ? p : 0), 0);
    expect(share((value) => value > 0)).toBeCloseTo(0.5, 2);
    expect(share((value) => Math.abs(Math.abs(value) - 1) < 0.2)).toBeGreaterThan(0.99);
    // p(y = 1) of φ² + noise is nearly that of χ²₁ at 1, e^−½ / √2π.
    expect(logEvidence).toBeCloseTo(-0.5 - 0.5 * Math.log(2 * Math.PI), 1);
  });

  it('agrees with its log joint, point by point', () => {
    const model = twoModeModel();
    const { phi, probability, logEvidence } = twoModePosterior([0.5, 0.6]);
    const data = { inputs: tf.zeros([1, 2, 1]), targets: tf.tensor2d([[0.5, 0.6]]) };
    for (const at of [2280, 1720, 2300]) {
      const value = number(logJoint(model, tf.tensor3d([[[phi[at] as number]]]), data));
      const density = Math.log((probability[at] as number) / 0.0025) + logEvidence;
      expect(value).toBeCloseTo(density, 2);
    }
  });
});
