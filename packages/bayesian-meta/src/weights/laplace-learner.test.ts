import { createRng, type EpisodeSpec, type Rng } from '@tasklearn/core';
import { gradients, type Parameters } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createLaplaceMaml, createMamlEnsemble } from '../create-gradient-learners.js';
import { headCurvature, type LaplaceTheta } from './laplace-learner.js';

const spec: EpisodeSpec = {
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  supportSize: 4,
  querySize: 3,
};
const step = { network: { hidden: [3] }, innerLearningRate: 0.1, innerSteps: 1, testSteps: 1, noise: 0.5 };
const number = (x: tf.Tensor) => x.dataSync()[0] as number;
const silent = (): Rng => {
  const rng: Rng = { ...createRng(0), split: () => rng, normal: (shape) => tf.zeros([...shape]) };
  return rng;
};
const episodes = () => {
  const rng = createRng('episodes');
  const set = (items: number) => ({ inputs: rng.normal([2, items, 2]), targets: rng.normal([2, items, 1]) });
  return { support: { labelled: set(4) }, query: set(3) };
};

describe('headCurvature', () => {
  it('is λ I + Σ c h hᵀ for each output, and leaves out what does not count', () => {
    const features = tf.tensor3d([
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    const curvature = tf.tensor3d([
      [
        [1, 10],
        [2, 20],
      ],
    ]);
    const found = headCurvature(features, curvature, 0.5).arraySync();
    // h hᵀ = [[1, 2], [2, 4]] and [[9, 12], [12, 16]].
    const first = [
      [19.5, 26],
      [26, 36.5],
    ];
    const second = [
      [190.5, 260],
      [260, 360.5],
    ];
    expect(found).toEqual([[first, second]]);
    const masked = headCurvature(features, curvature, 0, tf.tensor2d([[1, 0]])).arraySync();
    expect(masked).toEqual([
      [
        [
          [1, 2],
          [2, 4],
        ],
        [
          [10, 20],
          [20, 40],
        ],
      ],
    ]);
  });
});

describe('laplace-maml', () => {
  it('without the curvature in its loss is MAML, its gradient included', () => {
    const [laplace, maml] = [
      createLaplaceMaml({ ...step, curvatureWeight: 0 }),
      createMamlEnsemble({ ...step, particles: 1 }),
    ];
    const theta = laplace.init(spec, createRng(1)) as unknown as LaplaceTheta;
    const one = (tree: Parameters) =>
      Object.fromEntries(
        Object.entries(tree).map(([layer, leaves]) => [
          layer,
          Object.fromEntries(Object.entries(leaves).map(([name, leaf]) => [name, leaf.expandDims(0)])),
        ]),
      );
    const slope = (learner: typeof maml, at: object) =>
      gradients(
        ((given: never) => learner.metaLoss?.(given, episodes(), silent(), spec).loss) as never,
        at as never,
      ) as unknown as Record<string, Parameters>;
    const found = slope(laplace, theta).start?.layer1?.weight as tf.Tensor;
    const expected = slope(maml, { members: one(theta.start), noise: theta.noise }).members?.layer1
      ?.weight as tf.Tensor;
    expect(number(tf.max(tf.abs(found.sub(expected.squeeze([0])))))).toBeLessThan(1e-4);
    expect(number(tf.max(tf.abs(found)))).toBeGreaterThan(1e-3);
  });

  it('samples the last layer of a linear model as N(φ̂, Ĥ⁻¹)', () => {
    const samples = 4000;
    const learner = createLaplaceMaml({
      ...step,
      network: { hidden: [] },
      noise: 0.5,
      priorPrecision: 2,
      testSamples: samples,
    });
    const theta = learner.init(spec, createRng(2));
    // Inputs along the axes, without a mean: Ĥ is diagonal, 2 + 4 · (2, 8, 4).
    const inputs = tf.tensor3d([
      [
        [1, 0],
        [0, 2],
        [-1, 0],
        [0, -2],
      ],
    ]);
    const support = { labelled: { inputs, targets: tf.tensor3d([[[1], [1], [-1], [-1]]]) } };
    const phi = learner.adapt(theta, support, createRng(3), spec);
    const at = tf.tensor3d([
      [
        [1, 0],
        [0, 1],
        [0, 0],
      ],
    ]);
    const prediction = learner.predict(theta, phi, at, createRng(4), spec) as unknown as {
      sampleMeans(): tf.Tensor;
    };
    const { mean, variance } = tf.moments(prediction.sampleMeans().reshape([samples, 3]), 0);
    // The bias has variance 1 / 18, weights 1 / 10 and 1 / 34; at (1, 0) bias and first weight add up.
    const expected = [1 / 10 + 1 / 18, 1 / 34 + 1 / 18, 1 / 18];
    for (const [place, value] of expected.entries())
      expect(Math.abs((variance.dataSync()[place] as number) / value - 1)).toBeLessThan(0.1);
    const mode = (phi as unknown as { phi: Parameters }).phi.head as { weight: tf.Tensor; bias: tf.Tensor };
    expect(Math.abs((mean.dataSync()[2] as number) - number(mode.bias))).toBeLessThan(0.02);
  });

  it('for classes has p (1 − p) for curvature, and a mixture for a prediction', () => {
    const classes: EpisodeSpec = {
      ...spec,
      target: { kind: 'classification', classes: 2 },
      loss: 'crossEntropy',
      ways: 2,
    };
    const learner = createLaplaceMaml({ ...step, testSamples: 6 });
    const theta = learner.init(classes, createRng(5));
    const labelled = {
      inputs: createRng(6).normal([2, 4, 2]),
      targets: tf.tensor2d(
        [
          [0, 1, 0, 1],
          [1, 1, 0, 0],
        ],
        [2, 4],
        'int32',
      ),
    };
    const phi = learner.adapt(theta, { labelled }, createRng(7), classes);
    const prediction = learner.predict(theta, phi, createRng(8).normal([2, 3, 2]), createRng(9), classes);
    expect(prediction.family).toBe('mixture');
    const sums = tf.sum(prediction.mean(), 2);
    expect(number(tf.max(tf.abs(sums.sub(1))))).toBeLessThan(1e-5);
  });

  it('refuses options out of range', () => {
    expect(() => createLaplaceMaml({ priorPrecision: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => createLaplaceMaml({ curvatureWeight: -1 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
