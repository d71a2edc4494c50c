import {
  createRng,
  type EpisodicLearner,
  flattenTree,
  mapTree,
  TasklearnError,
  type Tree,
  unflattenTree,
} from '@tasklearn/core';
import { delta, gradients, type Parameters, ridge } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unitNormalizer } from '../__fixtures__/linear-world.js';
import { mlpDynamics } from '../models/mlp-dynamics.js';
import { type NormalizedTransitions, normalizeRows } from '../models/normalizer.js';
import { predictionLoss } from '../models/prediction-loss.js';
import type { Window } from './adaptive-model.js';
import { fineTunedModel } from './fine-tuned-model.js';
import { type GradientAdaptedParameters, gradientAdaptedModel } from './gradient-adapted-model.js';
import { metaLearnedModel } from './meta-learned-model.js';
import { plainModel } from './plain-model.js';
import { recurrentModel } from './recurrent-model.js';
import { splitWindow } from './split-window.js';

const sizes = { observation: 2, action: 1 };
const values = (x: Tensor) => Array.from(x.dataSync());
const near = (received: readonly number[], expected: readonly number[], digits = 5) => {
  expect(received.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(received[index]).toBeCloseTo(value, digits);
};

/** Random transitions, [groups, length, 7] as rows. */
function transitions(groups: number, length: number, seed = 1): NormalizedTransitions {
  return normalizeRows(createRng(seed).normal([groups, length, 7]), unitNormalizer(), sizes);
}

function windowOf(batch: NormalizedTransitions): Window {
  const [groups, length] = batch.inputs.shape as [number, number];
  return { transitions: batch, mask: tf.ones([groups, length]) };
}

const network = (hidden: readonly number[], head: 'deterministic' | 'gaussian' = 'deterministic') =>
  mlpDynamics(sizes, { head, members: 1, hidden, activation: 'tanh' });
const grbal = { support: 4, query: 3, steps: 1, innerRate: 0.1, learnRates: true };

let before = 0;
beforeEach(() => {
  tf.engine().startScope();
  before = tf.memory().numTensors;
});
afterEach(() => {
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
});

describe('gradientAdaptedModel', () => {
  it.each(['deterministic', 'gaussian'] as const)(
    'has the derivative of central differences in θ and ψ, through the inner gradient (%s)',
    (head) => {
      const model = gradientAdaptedModel(network([3], head), grbal);
      const { vector, spec } = flattenTree(model.init(createRng(0)) as unknown as Tree<Tensor>);
      const batch = transitions(2, 7);
      const loss = (theta: Tensor) =>
        model.loss(unflattenTree(theta, spec) as unknown as GradientAdaptedParameters, batch, createRng(0));
      const slope = values(gradients((theta: Tensor) => loss(theta) as Scalar, vector));
      const at = vector.dataSync() as Float32Array;
      const value = (index: number, change: number) => {
        const moved = at.slice();
        moved[index] = (moved[index] as number) + change;
        return values(loss(tf.tensor(moved)))[0] as number;
      };
      for (let index = 0; index < at.length; index += 1) {
        const difference = (value(index, 0.01) - value(index, -0.01)) / 0.02;
        expect(Math.abs((slope[index] as number) - difference)).toBeLessThan(
          2e-3 + 0.01 * Math.abs(difference),
        );
      }
      const rates = spec.leaves.filter(({ path }) => path.startsWith('rates'));
      for (const { offset } of rates.slice(0, 2))
        expect(Math.abs(slope[offset] as number)).toBeGreaterThan(1e-4);
    },
  );

  it('with ψ = 0 is the plain model', () => {
    const dynamics = network([8]);
    const model = gradientAdaptedModel(dynamics, { ...grbal, innerRate: 0 });
    const theta = model.init(createRng(0));
    const batch = transitions(3, 7);
    const { after } = splitWindow(batch, 4);
    const plain = plainModel(dynamics);
    const flat = mapTree(after as unknown as Tree<Tensor>, (leaf: Tensor) =>
      leaf.reshape([1, -1, leaf.shape[2] as number]),
    ) as unknown as NormalizedTransitions;
    near(values(model.loss(theta, batch, createRng(0))), values(plain.loss(theta.model, flat, createRng(0))));
    const inputs = createRng(5).normal([3, 6, 3]);
    const adapted = model.adapt(theta, windowOf(transitions(3, 4)), createRng(0)).predict(inputs).mean;
    near(values(adapted), values(dynamics.predict(theta.model, inputs.reshape([1, 18, 3])).mean));
  });

  it('on a linear model takes one step of least squares on the window', () => {
    const model = gradientAdaptedModel(network([]), grbal);
    const theta = model.init(createRng(0));
    const batch = transitions(1, 4);
    const predictor = model.adapt(theta, windowOf(batch), createRng(0));
    // L = mean over 4 items and 2 numbers of ½ e²: ∂L/∂W = Xᵀ(XW + b − Y) / 8, ∂L/∂b = its column sums / 8.
    const weight = tf.squeeze(theta.model.head?.weight as Tensor, [0]);
    const [x, y] = [tf.squeeze(batch.inputs, [0]), tf.squeeze(batch.changes, [0])];
    const error = x.matMul(weight).sub(y);
    const moved = weight.sub(x.matMul(error, true).mul(0.1 / 8));
    const bias = error.sum(0).mul(-0.1 / 8);
    const fresh = createRng(9).normal([1, 5, 3]);
    const expected = fresh
      .squeeze([0])
      .matMul(moved as tf.Tensor2D)
      .add(bias);
    near(values(predictor.predict(fresh).mean), values(expected));
  });

  it('keeps θ where the window is empty, and adapts each trial to its own', () => {
    const dynamics = network([8]);
    const model = gradientAdaptedModel(dynamics, grbal);
    const theta = model.init(createRng(0));
    const batch = transitions(2, 4);
    const mask = tf.tensor([
      [0, 0, 0, 0],
      [1, 1, 1, 1],
    ]);
    const inputs = createRng(5).normal([2, 6, 3]);
    const adapted = model.adapt(theta, { transitions: batch, mask }, createRng(0)).predict(inputs).mean;
    const plain = dynamics.predict(theta.model, inputs.reshape([1, 12, 3])).mean.reshape([2, 6, 2]);
    const difference = values(tf.max(tf.abs(adapted.sub(plain)), [1, 2]));
    expect(difference[0]).toBeLessThan(1e-6);
    expect(difference[1]).toBeGreaterThan(1e-3);
  });

  it('refuses an ensemble', () => {
    const ensemble = mlpDynamics(sizes, {
      head: 'deterministic',
      members: 2,
      hidden: [4],
      activation: 'relu',
    });
    expect(() => gradientAdaptedModel(ensemble, grbal)).toThrow(TasklearnError);
  });
});

describe('fineTunedModel', () => {
  it('is the same step without having been trained for it', () => {
    const dynamics = network([6]);
    const tuned = fineTunedModel(dynamics, { window: 4, steps: 1, learningRate: 0.1 });
    const model = gradientAdaptedModel(dynamics, grbal);
    const theta = model.init(createRng(0));
    const [recent, inputs] = [windowOf(transitions(2, 4)), createRng(5).normal([2, 3, 3])];
    near(
      values(tuned.adapt(theta.model, recent, createRng(0)).predict(inputs).mean),
      values(model.adapt(theta, recent, createRng(0)).predict(inputs).mean),
    );
  });

  it('lowers the error on the window, more so with more steps', () => {
    const dynamics = network([6]);
    const theta = dynamics.init(createRng(0));
    const recent = windowOf(transitions(2, 4));
    const errors = [1, 5, 20].map((steps) => {
      const tuned = fineTunedModel(dynamics, { window: 4, steps, learningRate: 0.1 });
      const prediction = tuned.adapt(theta, recent, createRng(0)).predict(recent.transitions.inputs);
      return values(tf.mean(predictionLoss(prediction, recent.transitions.changes)))[0] as number;
    });
    expect(errors[1]).toBeLessThan(errors[0] as number);
    expect(errors[2]).toBeLessThan(errors[1] as number);
  });
});

describe.each(['gru', 'lstm'] as const)('recurrentModel (%s)', (cell) => {
  const options = { support: 4, query: 3, cell, units: 5 };

  it('starts from nothing where the window is empty', () => {
    const model = recurrentModel(sizes, options);
    const theta = model.init(createRng(0));
    const empty = { transitions: transitions(2, 4), mask: tf.zeros([2, 4]) };
    const { memory } = model.adapt(theta, empty, createRng(0));
    expect(values(memory as Tensor).every((value) => value === 0)).toBe(true);
  });

  it('predicts along a roll-out what it was trained on', () => {
    const model = recurrentModel(sizes, options);
    const theta = model.init(createRng(0));
    const batch = transitions(2, 7);
    const { before: recent, after } = splitWindow(batch, 4);
    const predictor = model.adapt(theta, recent, createRng(0));
    let memory = tf.expandDims(predictor.memory as Tensor, 1);
    let total = 0;
    for (let step = 0; step < 3; step += 1) {
      const at = (x: Tensor) => tf.slice(x, [0, step, 0], [-1, 1, -1]);
      const prediction = predictor.predict(at(after.inputs), memory);
      memory = prediction.memory as Tensor;
      total += values(tf.mean(predictionLoss(prediction, at(after.changes))))[0] as number;
    }
    expect(total / 3).toBeCloseTo(values(model.loss(theta, batch, createRng(0)))[0] as number, 5);
  });

  it('forgets what came before the window', () => {
    const model = recurrentModel(sizes, options);
    const theta = model.init(createRng(0));
    const batch = transitions(1, 4);
    const half = { transitions: batch, mask: tf.tensor([[0, 0, 1, 1]]) };
    const other = transitions(1, 4, 2);
    const mixed = {
      transitions: {
        ...batch,
        inputs: tf.concat(
          [other.inputs.slice([0, 0, 0], [1, 2, 3]), batch.inputs.slice([0, 2, 0], [1, 2, 3])],
          1,
        ),
      },
      mask: half.mask,
    };
    near(
      values(model.adapt(theta, half, createRng(0)).memory as Tensor),
      values(model.adapt(theta, mixed, createRng(0)).memory as Tensor),
    );
  });
});

describe('metaLearnedModel', () => {
  /** Ridge regression per task, without meta-parameters. */
  const ridgeLearner: EpisodicLearner = {
    kind: 'episodic',
    init: () => ({}),
    adapt: (_theta, { labelled }) => ({
      weight: ridge(
        labelled.inputs,
        labelled.targets,
        1e-4,
        labelled.mask === undefined ? {} : { mask: labelled.mask },
      ),
    }),
    predict: (_theta, phi, inputs) => delta(tf.matMul(inputs, (phi as { readonly weight: Tensor }).weight)),
  };
  /** The mean change of the window, whatever the input. */
  const meanLearner: EpisodicLearner = {
    kind: 'episodic',
    init: () => ({ gain: tf.tensor([1]) }),
    metaLoss: (theta, { support, query }) => {
      const mean = tf.mean(support.labelled.targets, 1, true).mul((theta as { readonly gain: Tensor }).gain);
      return { loss: tf.mean(tf.square(query.targets.sub(mean))) as Scalar, metrics: {} };
    },
    adapt: (_theta, { labelled }) => ({ mean: tf.mean(labelled.targets, 1, true) }),
    predict: (theta, phi, inputs) => {
      const { mean } = phi as { readonly mean: Tensor };
      const scaled = mean.mul((theta as { readonly gain: Tensor }).gain);
      return delta(tf.tile(scaled, [1, inputs.shape[1] as number, 1]));
    },
  };

  it('runs a closed-form learner in the slot: each trial has its own linear world', () => {
    const model = metaLearnedModel(ridgeLearner, sizes, { support: 8, query: 4 });
    const worlds = createRng(3).normal([2, 3, 2]);
    const batch = transitions(2, 8);
    const linear = { ...batch, changes: tf.matMul(batch.inputs, worlds) };
    const predictor = model.adapt({}, windowOf(linear), createRng(0));
    const inputs = createRng(4).normal([2, 5, 3]);
    near(values(predictor.predict(inputs).mean), values(tf.matMul(inputs, worlds)), 2);
  });

  it('trains a learner with an outer loss on windows', () => {
    const model = metaLearnedModel(meanLearner, sizes, { support: 4, query: 3 });
    const theta = model.init(createRng(0));
    const batch = transitions(5, 7);
    const { before: recent, after } = splitWindow(batch, 4);
    const expected = tf.mean(tf.square(after.changes.sub(tf.mean(recent.transitions.changes, 1, true))));
    near(values(model.loss(theta, batch, createRng(0))), values(expected));
    const slope = gradients((at) => model.loss(at as never, batch, createRng(0)), theta as never) as {
      readonly gain: Tensor;
    };
    expect(Math.abs(values(slope.gain)[0] as number)).toBeGreaterThan(1e-3);
  });
});

it('a plain ensemble has one loss, the sum over members', () => {
  const ensemble = mlpDynamics(sizes, { head: 'deterministic', members: 2, hidden: [4], activation: 'relu' });
  const model = plainModel(ensemble);
  const theta = model.init(createRng(0));
  const batch = transitions(2, 6);
  const alone = plainModel(network([4]));
  const single = mlpDynamics(sizes, { head: 'deterministic', members: 1, hidden: [4], activation: 'relu' });
  const sum = [0, 1].reduce((total, member) => {
    const own = mapTree(theta, (leaf: Tensor) => tf.slice(leaf, [member], [1])) as Parameters;
    const items = mapTree(batch as unknown as Tree<Tensor>, (leaf: Tensor) => tf.slice(leaf, [member], [1]));
    return total + (values(plainModel(single).loss(own, items as never, createRng(0)))[0] as number);
  }, 0);
  expect(alone.window).toBe(0);
  near(values(model.loss(theta, batch, createRng(0))), [sum]);
});
