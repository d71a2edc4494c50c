import { createRng, eagerExecutor, type HostTensor, type Tree, toDevice } from '@tasklearn/core';
import { gradients, mlp, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { fitParameters } from '../engine/fit-parameters.js';
import type { GaussianTree } from '../engine/gaussian-trees.js';
import { logJoint } from '../hierarchy/hierarchical-model.js';
import { linearGaussianHierarchy } from '../hierarchy/linear-gaussian.js';
import { type AutoencoderParameters, variationalAutoencoder } from './autoencoder.js';
import { bestMeanField, evidenceBound, type MeanField, variationalStep } from './evidence-bound.js';
import {
  locallyReparameterized,
  sampledOutputs,
  variationalNetworkLoss,
  variationalWeights,
  weightDivergence,
} from './variational-network.js';

const number = (x: tf.Tensor) => x.dataSync()[0] as number;
const host = (x: tf.Tensor): HostTensor => ({
  dtype: 'float32',
  shape: x.shape,
  data: x.dataSync().slice() as Float32Array,
});

describe('the evidence bound', () => {
  /** An orthogonal design: the posterior is mean-field itself. */
  const model = linearGaussianHierarchy({ dimension: 2, noise: 0.5 });
  const data = () => ({
    inputs: tf.tensor3d([
      [
        [1, 0],
        [0, 2],
      ],
    ]),
    targets: tf.tensor2d([[0.7, -1]]),
  });
  const joint = (phi: tf.Tensor) => logJoint(model, phi, data());
  const exact = (): MeanField => {
    const { mean, precision } = model.posterior(data());
    return bestMeanField(mean, precision);
  };

  it('is the log evidence where q is the posterior, whatever the samples', () => {
    const noise = createRng('noise').normal([1, 4000, 2]);
    const evidence = number(model.logEvidence(data()));
    const bound = number(evidenceBound(joint, exact(), noise));
    expect(Math.abs(bound - evidence)).toBeLessThan(0.1); // Four standard errors of 4,000 samples.
    // log p(D, φ) − log q(φ) = log p(D) for every φ: with mirrored noise of unit second moment it is exact.
    const mirrored = tf.tensor3d([
      [
        [1, 1],
        [-1, -1],
        [1, -1],
        [-1, 1],
      ],
    ]);
    expect(number(evidenceBound(joint, exact(), mirrored))).toBeCloseTo(evidence, 4);
  });

  it('is lower by KL(q ‖ posterior) elsewhere', () => {
    const mirrored = tf.tensor3d([
      [
        [1, 1],
        [-1, -1],
        [1, -1],
        [-1, 1],
      ],
    ]);
    const { mean, logDeviation } = exact();
    const q = { mean: mean.add(0.3), logDeviation: logDeviation.add(0.2) };
    const gap = number(model.logEvidence(data())) - number(evidenceBound(joint, q, mirrored));
    // Σ ½ (e^0.4 + 0.09 Λ_ii − 1 − 0.4).
    const precisions = [...tf.exp(logDeviation.mul(-2)).dataSync()];
    const expected = precisions.reduce((sum, p) => sum + 0.5 * (Math.exp(0.4) + 0.09 * p - 1.4), 0);
    expect(gap).toBeCloseTo(expected, 3);
  });

  it('has the derivative of central differences with the noise held still', () => {
    const noise = createRng('fixed').normal([1, 6, 2]);
    const at = { mean: tf.tensor2d([[0.2, -0.4]]), logDeviation: tf.tensor2d([[-0.5, -1]]) };
    const value = (q: MeanField) => tf.sum(evidenceBound(joint, q, noise)).asScalar();
    const slope = gradients(value, at);
    for (const key of ['mean', 'logDeviation'] as const) {
      const shift = tf.tensor2d([[0.01, 0]]);
      const difference = value({ ...at, [key]: at[key].add(shift) }).sub(
        value({ ...at, [key]: at[key].sub(shift) }),
      );
      expect(slope[key].dataSync()[0]).toBeCloseTo(number(difference) / 0.02, 1);
    }
  });

  it('leads a correlated posterior to the right mean and to variances 1/Λ_ii, which are too small', () => {
    const tilted = {
      inputs: tf.tensor3d([
        [
          [1, 1],
          [1, 0.6],
        ],
      ]),
      targets: tf.tensor2d([[0.7, -0.2]]),
    };
    const { mean, precision } = model.posterior(tilted);
    let q: MeanField = { mean: tf.zeros([1, 2]), logDeviation: tf.fill([1, 2], -1) };
    for (let step = 0; step < 250; step++) {
      const next = tf.tidy(
        () =>
          variationalStep((phi) => logJoint(model, phi, tilted), q, createRng(step), {
            samples: 24,
            rate: 0.03,
          }).q,
      );
      tf.dispose(q);
      q = next;
    }
    const best = bestMeanField(mean, precision);
    expect(number(tf.max(tf.abs(q.mean.sub(mean))))).toBeLessThan(0.12);
    expect(number(tf.max(tf.abs(q.logDeviation.sub(best.logDeviation))))).toBeLessThan(0.15);
    const [a, b, , c] = [...precision.dataSync()] as [number, number, number, number];
    expect(Math.exp(2 * number(best.logDeviation))).toBeLessThan(c / (a * c - b * b));
  });
});

describe('Bayes by Backprop', () => {
  const model = mlp({ inputShape: [1], hidden: [10], outputSize: 1, activation: 'tanh' });
  const logLikelihood = (outputs: tf.Tensor, targets: tf.Tensor) =>
    tf
      .square(outputs.sub(targets))
      .squeeze([2])
      .mul(-0.5 / 0.01)
      .sub(Math.log(0.1) + 0.5 * Math.log(2 * Math.PI));
  const options = { model, logLikelihood, priorDeviation: 1, divergenceWeight: 1, samples: 3 };
  /** y = sin 3x on both sides of a gap from −0.6 to 0.6. */
  const data = () => {
    const x = Array.from({ length: 20 }, (_, at) => (at < 10 ? -1.4 + at * 0.08 : 0.68 + (at - 10) * 0.08));
    return {
      inputs: tf.tensor3d([x.map((value) => [value])]),
      targets: tf.tensor3d([x.map((value) => [Math.sin(3 * value)])]),
    };
  };

  it('has the divergence of the closed form, and no penalty at the prior', () => {
    const mean = { head: { weight: tf.tensor2d([[1, 0]]) } };
    // ½ (s² + μ² − 1) − log s with s = e⁻¹, μ = 1 and 0.
    const each = (mu: number) => 0.5 * (Math.exp(-2) + mu * mu - 1) + 1;
    expect(number(weightDivergence(variationalWeights(mean, -1), 1))).toBeCloseTo(each(1) + each(0), 4);
    const prior = { head: { weight: tf.zeros([3, 2]) } };
    expect(Math.abs(number(weightDivergence(variationalWeights(prior, Math.log(2)), 2)))).toBeLessThan(1e-5);
  });

  it('is wider inside a gap of the data than on them', async () => {
    const start = variationalWeights(model.init(createRng('first')));
    const set = data();
    const { theta, losses } = await fitParameters({
      loss: (q: GaussianTree<never>, own: { inputs: tf.Tensor; targets: tf.Tensor }, rng) =>
        variationalNetworkLoss(options, q, own, rng),
      start: start as never,
      data: { inputs: host(set.inputs), targets: host(set.targets) },
      steps: 800,
      optimizer: optimizerFor({ ...optimizerDefaults, learningRate: 0.02 }),
      executor: compiledExecutor({ threads: 1 }),
      rng: createRng('backprop'),
    });
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 4);
    const q = toDevice(theta as Tree<HostTensor>) as unknown as GaussianTree<never>;
    const grid = tf.tensor3d([[[0], [0.1], [-0.1], [-1.2], [-1], [1], [1.2]]]);
    const { variance } = tf.moments(sampledOutputs(model, q, grid, 200, createRng('draws')), 0);
    const values = [...variance.dataSync()];
    const mean = (part: number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
    expect(mean(values.slice(0, 3))).toBeGreaterThan(1.5 * mean(values.slice(3)));
  });

  it('has layers whose outputs are as with sampled weights', () => {
    const weight = { mean: tf.tensor2d([[1], [-1]]), logDeviation: tf.log(tf.tensor2d([[0.5], [1]])) };
    const bias = { mean: tf.tensor1d([0.5]), logDeviation: tf.log(tf.tensor1d([0.2])) };
    const inputs = tf.tensor3d([[[2, 3]]]).add(tf.zeros([1, 6000, 1]));
    const { mean, variance } = tf.moments(locallyReparameterized(inputs, weight, bias, createRng('local')));
    // 2 − 3 + 0.5, and 4 · 0.25 + 9 + 0.04.
    expect(Math.abs(number(mean) + 0.5)).toBeLessThan(0.17);
    expect(Math.abs(number(variance) - 10.04)).toBeLessThan(0.75);
  });
});

describe('the variational autoencoder', () => {
  const autoencoder = variationalAutoencoder({
    inputSize: 2,
    latentSize: 1,
    hidden: [],
    likelihood: 'gaussian',
    noise: 0.5,
  });

  it('bounds the log evidence of a linear model, and reaches it with the posterior as encoder', () => {
    // x = w z + 0.5 ε with w = (1, 0.5): z | x has precision 1 + (1 + 0.25) / 0.25 = 6 and mean (x₁ + 0.5 x₂) / 0.25 / 6.
    const parameters = {
      encoder: {
        head: {
          weight: tf.tensor2d([
            [4 / 6, 0],
            [2 / 6, 0],
          ]),
          bias: tf.tensor1d([0, -0.5 * Math.log(6)]),
        },
      },
      decoder: { head: { weight: tf.tensor2d([[1, 0.5]]), bias: tf.zeros([2]) } },
    } as AutoencoderParameters;
    const x = tf.tensor2d([
      [0.8, -0.3],
      [0.1, 1],
    ]);
    const bound = [...autoencoder.bound(parameters, x, createRng('z'), 4000).dataSync()];
    // Covariance w wᵀ + I/4: determinant (1.25 + 0.25) / 4 = 0.375, inverse 4 (I − w wᵀ / 1.5).
    const evidence = [
      [0.8, -0.3],
      [0.1, 1],
    ].map(([a, b]) => {
      const along = (a as number) + 0.5 * (b as number);
      const square = 4 * ((a as number) ** 2 + (b as number) ** 2 - along ** 2 / 1.5);
      return -0.5 * (square + Math.log(0.375) + 2 * Math.log(2 * Math.PI));
    });
    for (const [at, value] of evidence.entries())
      expect(Math.abs((bound[at] as number) - value)).toBeLessThan(0.06);
    const worse = {
      ...parameters,
      encoder: { head: { ...parameters.encoder.head, bias: tf.tensor1d([0.5, -1]) } },
    } as AutoencoderParameters;
    const lower = [...autoencoder.bound(worse, x, createRng('z'), 4000).dataSync()];
    for (const [at, value] of evidence.entries()) expect(lower[at] as number).toBeLessThan(value - 0.2);
  });

  it('learns two clusters of bits, and draws both', async () => {
    const bits = variationalAutoencoder({ inputSize: 6, latentSize: 1, hidden: [8] });
    const x = tf.tensor2d(
      Array.from({ length: 40 }, (_, at) =>
        Array.from({ length: 6 }, (_, bit) => (bit < 3 === (at % 2 === 0) ? 1 : 0)),
      ),
    );
    const { theta, losses } = await fitParameters({
      loss: (parameters: AutoencoderParameters, own: { x: tf.Tensor }, rng) =>
        bits.loss(parameters, own.x, rng),
      start: bits.init(createRng('bits')),
      data: { x: host(x) },
      steps: 600,
      optimizer: optimizerFor({ ...optimizerDefaults, learningRate: 0.02 }),
      executor: compiledExecutor({ threads: 1 }),
      rng: createRng('train'),
    });
    expect(losses[0]).toBeGreaterThan(3.5); // 6 log 2 = 4.16 nats without knowing anything.
    const late = losses.slice(-100).reduce((sum, value) => sum + value, 0) / 100;
    expect(late).toBeLessThan(2); // log 2 = 0.69 is the entropy of the data.
    const parameters = toDevice(theta as Tree<HostTensor>) as unknown as AutoencoderParameters;
    const drawn = (bits.sample(parameters, 200, createRng('sample')).arraySync() as number[][]).map(
      (row) => (row[0] as number) > 0.5,
    );
    const share = drawn.filter(Boolean).length / 200;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
  });
});

describe('fitParameters', () => {
  it('gives the same numbers eagerly and compiled, and leaves no tensors', async () => {
    const start = { a: tf.tensor1d([1, 2]), b: tf.scalar(3) };
    const run = (executor: ReturnType<typeof eagerExecutor>) =>
      fitParameters({
        loss: ({ a, b }: typeof start, own: { target: tf.Tensor }, rng) =>
          tf
            .sum(
              tf.square(
                a
                  .mul(b)
                  .sub(own.target)
                  .add(rng.normal([2]).mul(0.01)),
              ),
            )
            .asScalar(),
        start,
        data: { target: { dtype: 'float32', shape: [2], data: Float32Array.of(1, -1) } },
        steps: 20,
        optimizer: optimizerFor(optimizerDefaults),
        executor,
        rng: createRng('fit'),
      });
    const before = tf.memory().numTensors;
    const [eager, compiled] = [await run(eagerExecutor()), await run(compiledExecutor({ threads: 1 }))];
    expect(tf.memory().numTensors).toBe(before);
    for (const [at, loss] of eager.losses.entries()) expect(compiled.losses[at]).toBeCloseTo(loss, 3);
    expect(eager.losses.at(-1)).toBeLessThan(eager.losses[0] as number);
  });
});
