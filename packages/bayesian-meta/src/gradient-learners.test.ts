import { createRng, type EpisodeSpec, type Rng, type Tree } from '@tasklearn/core';
import { gradients, type Parameters, valueAndGradients } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { createAmortisedBayesian, createMamlEnsemble, createPlatipus } from './create-gradient-learners.js';
import type { ParticleTheta } from './particles/particle-learner.js';
import type { AmortisedTheta } from './weights/amortised-learner.js';
import type { PlatipusTheta } from './weights/platipus-learner.js';

const spec: EpisodeSpec = {
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  supportSize: 4,
  querySize: 3,
};
/** A linear model y = x w + b: everything can be written down. */
const network = { hidden: [] };
const step = { network, innerLearningRate: 0.1, innerSteps: 1, testSteps: 1, noise: 0.5 };

/** No noise. */
function silent(): Rng {
  const rng: Rng = { ...createRng(0), split: () => rng, normal: (shape) => tf.zeros([...shape]) };
  return rng;
}

function episodes(tasks = 2) {
  const rng = createRng('episodes');
  const set = (items: number) => ({
    inputs: rng.normal([tasks, items, 2]),
    targets: rng.normal([tasks, items, 1]),
  });
  return { support: { labelled: set(4) }, query: set(3) };
}

const weightOf = (parameters: Parameters) => (parameters.head as { weight: tf.Tensor }).weight;
const number = (x: tf.Tensor) => x.dataSync()[0] as number;
const largest = (a: tf.Tensor, b: tf.Tensor) => number(tf.max(tf.abs(a.sub(b))));

/** −log N(y; x w + b, σ²), mean over query items and tasks, after one step of MAML from (w, b), by hand. */
function mamlLoss({ weight, bias }: { weight: tf.Tensor; bias: tf.Tensor }, deviation: number): tf.Scalar {
  const { support, query } = episodes();
  const losses = [0, 1].map((task) => {
    const part = (x: tf.Tensor) =>
      tf.slice(x, [task, 0, 0], [1, -1, -1]).reshape([x.shape[1] as number, x.shape[2] as number]);
    const [x, y] = [part(support.labelled.inputs), part(support.labelled.targets)];
    const error = tf.matMul(x, weight).add(bias).sub(y); // [S, 1]
    const slope = tf.matMul(x, error, true, false).mul(2 / 4); // ∇_w of the mean squared error
    const adapted = weight.sub(slope.mul(0.1));
    const adaptedBias = bias.sub(
      tf
        .sum(error)
        .mul(2 / 4)
        .mul(0.1),
    );
    const left = tf.matMul(part(query.inputs), adapted).add(adaptedBias).sub(part(query.targets));
    return tf.mean(tf.square(left)).mul(0.5 / deviation ** 2);
  });
  const constant = Math.log(deviation) + 0.5 * Math.log(2 * Math.PI);
  return tf.addN(losses).div(2).add(constant).asScalar();
}

describe('maml-ensemble', () => {
  it('with one member is MAML, its gradient included', () => {
    const learner = createMamlEnsemble({ ...step, particles: 1 });
    const theta = learner.init(spec, createRng(1)) as unknown as ParticleTheta;
    const loss = (at: ParticleTheta) =>
      learner.metaLoss?.(at as never, episodes(), silent(), spec).loss as tf.Scalar;
    const found = valueAndGradients(loss as never, theta as never as Tree<tf.Tensor>) as unknown as {
      value: tf.Scalar;
      gradients: ParticleTheta;
    };
    const head = theta.members.head as { weight: tf.Tensor; bias: tf.Tensor };
    const flat = { weight: head.weight.reshape([2, 1]), bias: head.bias.reshape([1]) };
    const deviation = 0.5 + 1e-3; // exp(log 0.5) and the floor.
    const expected = valueAndGradients((at: typeof flat) => mamlLoss(at, deviation), flat);
    expect(number(found.value)).toBeCloseTo(number(expected.value), 4);
    const slope = found.gradients.members.head?.weight as tf.Tensor;
    expect(largest(slope.reshape([2, 1]), expected.gradients.weight)).toBeLessThan(1e-4);
  });

  it('of equal members predicts as one of them', () => {
    const one = createMamlEnsemble({ ...step, particles: 1 });
    const three = createMamlEnsemble({ ...step, particles: 3 });
    const theta = one.init(spec, createRng(2)) as unknown as ParticleTheta;
    const repeat = (x: tf.Tensor) => tf.tile(x, [3, ...Array<number>(x.rank - 1).fill(1)]);
    const head = theta.members.head as { weight: tf.Tensor; bias: tf.Tensor };
    const same = {
      members: { head: { weight: repeat(head.weight), bias: repeat(head.bias) } },
      noise: theta.noise,
    };
    const { support, query } = episodes();
    const [a, b] = [
      [one, theta],
      [three, same],
    ].map(([learner, at]) => {
      const l = learner as typeof one;
      const phi = l.adapt(at as never, support, silent(), spec);
      return l.predict(at as never, phi, query.inputs, silent(), spec).logProbability(query.targets);
    }) as [tf.Tensor, tf.Tensor];
    expect(largest(a, b)).toBeLessThan(1e-5);
  });

  it('holds nothing back', () => {
    const learner = createMamlEnsemble({ ...step, particles: 2 });
    const before = tf.memory().numTensors;
    tf.dispose(learner.init(spec, createRng(3)) as tf.TensorContainer);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('platipus', () => {
  const options = { ...step, shift: 0, divergenceWeight: 0 };

  it('without noise, shift and divergence has the gradient of MAML', () => {
    const learner = createPlatipus(options);
    const theta = learner.init(spec, createRng(4)) as unknown as PlatipusTheta;
    const loss = (at: PlatipusTheta) =>
      learner.metaLoss?.(at as never, episodes(), silent(), spec).loss as tf.Scalar;
    const slope = gradients(loss as never, theta as never as Tree<tf.Tensor>) as unknown as PlatipusTheta;
    const head = theta.mean.head as { weight: tf.Tensor; bias: tf.Tensor };
    const expected = gradients((at: typeof head) => mamlLoss(at, 0.5 + 1e-3), { ...head });
    expect(largest(slope.mean.head?.weight as tf.Tensor, expected.weight)).toBeLessThan(1e-4);
    expect(largest(slope.mean.head?.bias as tf.Tensor, expected.bias)).toBeLessThan(1e-4);
  });

  it('has no divergence where the query set is the support set, and some where it is not', () => {
    const learner = createPlatipus({ ...options, shift: 0.3, divergenceWeight: 1 });
    const theta = learner.init(spec, createRng(5));
    const { support, query } = episodes();
    const of = (set: typeof query) =>
      number(
        learner.metaLoss?.(theta, { support, query: set }, silent(), spec).metrics.divergence as tf.Scalar,
      );
    expect(Math.abs(of(support.labelled))).toBeLessThan(1e-4);
    expect(of(query)).toBeGreaterThan(1);
  });

  it('samples solutions N((I − αH) μ + αc, (I − αH) Σ (I − αH)) after one step on a linear model', () => {
    const samples = 3000;
    const learner = createPlatipus({
      ...options,
      prior: 'plain',
      logDeviation: Math.log(0.5),
      testSamples: samples,
    });
    const theta = learner.init(spec, createRng(6)) as unknown as PlatipusTheta;
    // x = (1, 0) and (0, 2), without an offset in the inputs' way: four items, two of each.
    const inputs = tf.tensor3d([
      [
        [1, 0],
        [0, 2],
        [-1, 0],
        [0, -2],
      ],
    ]);
    const targets = tf.tensor3d([[[1], [1], [-1], [-1]]]);
    const phi = learner.adapt(
      theta as never,
      { labelled: { inputs, targets } },
      createRng(7),
      spec,
    ) as Parameters;
    const weights = weightOf(phi).reshape([samples, 2]);
    // ∇ = 2/4 XᵀX w − 2/4 Xᵀy: H = diag(1, 4), c = (1, 2); I − 0.1 H = diag(0.9, 0.6).
    const { mean, variance } = tf.moments(weights, 0);
    const start = weightOf(theta.mean).dataSync();
    for (const [axis, factor, shift] of [
      [0, 0.9, 0.1],
      [1, 0.6, 0.2],
    ] as const) {
      expect(
        Math.abs((mean.dataSync()[axis] as number) - factor * (start[axis] as number) - shift),
      ).toBeLessThan(0.04);
      expect(Math.sqrt(variance.dataSync()[axis] as number)).toBeCloseTo(0.5 * factor, 1);
    }
  });
});

describe('amortised-bayesian', () => {
  it('does not move where the data say nothing: the posterior starts at the prior', () => {
    const learner = createAmortisedBayesian({ ...step, testSamples: 2 });
    const theta = learner.init(spec, createRng(8)) as unknown as AmortisedTheta;
    const { support } = episodes();
    const none = { ...support.labelled, mask: tf.zeros([2, 4]) };
    const phi = learner.adapt(theta as never, { labelled: none }, silent(), spec) as Parameters;
    const weight = theta.prior.mean.head?.weight as tf.Tensor;
    expect(largest(phi.head?.weight as tf.Tensor, weight.expandDims(0))).toBeLessThan(1e-6);
  });

  it('without noise and divergence takes gradient steps on −log p of the support set', () => {
    const learner = createAmortisedBayesian({
      ...step,
      divergenceWeight: 0,
      testSamples: 1,
      trainSamples: 1,
    });
    const theta = learner.init(spec, createRng(9)) as unknown as AmortisedTheta;
    const { support } = episodes();
    const phi = learner.adapt(theta as never, support, silent(), spec) as Parameters;
    const { weight, bias } = theta.prior.mean.head as { weight: tf.Tensor; bias: tf.Tensor };
    const part = (x: tf.Tensor) => tf.slice(x, [0, 0, 0], [1, -1, -1]).reshape([4, -1]);
    const x = part(support.labelled.inputs);
    const error = tf.matMul(x, weight).add(bias).sub(part(support.labelled.targets));
    // rate / S · Σ x e / σ².
    const slope = tf.matMul(x, error, true, false).mul(0.1 / 4 / (0.5 + 1e-3) ** 2);
    const found = tf.slice(phi.head?.weight as tf.Tensor, [0, 0, 0], [1, 2, 1]).reshape([2, 1]);
    expect(largest(found, weight.sub(slope))).toBeLessThan(1e-4);
  });

  it('without noise, divergence, hyper-prior and support items in its loss has the gradient of MAML', () => {
    const deviation = 0.5 + 1e-3;
    const learner = createAmortisedBayesian({
      ...step,
      // A step on −log p is one on the squared error with the rate divided by 2σ².
      innerLearningRate: 0.1 * 2 * deviation ** 2,
      divergenceWeight: 0,
      hyperPriorWeight: 0,
      outerData: 'query',
      trainSamples: 1,
    });
    const theta = learner.init(spec, createRng(10)) as unknown as AmortisedTheta;
    const loss = (at: AmortisedTheta) =>
      learner.metaLoss?.(at as never, episodes(), silent(), spec).loss as tf.Scalar;
    const slope = gradients(loss as never, theta as never as Tree<tf.Tensor>) as unknown as AmortisedTheta;
    const head = theta.prior.mean.head as { weight: tf.Tensor; bias: tf.Tensor };
    const expected = gradients((at: typeof head) => mamlLoss(at, deviation), { ...head });
    expect(largest(slope.prior.mean.head?.weight as tf.Tensor, expected.weight)).toBeLessThan(1e-4);
    expect(largest(slope.prior.mean.head?.bias as tf.Tensor, expected.bias)).toBeLessThan(1e-4);
  });
});
