import { createRng, type HostTensor, leavesOf, mapTree, TasklearnError } from '@tasklearn/core';
import { gradients, type Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exactModel, exactScore, sizes, unitNormalizer } from '../__fixtures__/linear-world.js';
import { plainModel } from '../adapters/plain-model.js';
import { mlpDynamics } from './mlp-dynamics.js';
import { fitNormalizer, normalizeRows, normalizerOf, rowWidth } from './normalizer.js';
import { outcomeModel } from './outcome-model.js';
import { logProbability, maskedMean, predictionLoss } from './prediction-loss.js';
import { predictorPerTrial, sharedPredictor } from './predictor.js';
import { type HostParameters, randomFeatureModel } from './random-feature-model.js';
import { type RolloutOptions, rollout } from './rollout.js';
import { solvePositiveDefinite } from './solve-positive-definite.js';

const values = (x: Tensor) => Array.from(x.dataSync());
const near = (received: readonly number[], expected: readonly number[], digits = 5) => {
  expect(received.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(received[index]).toBeCloseTo(value, digits);
};

/** Rows of a linear world s′ = s + (v, a / 2), with random s and a. */
function linearRows(count: number, scale = 1): Float32Array {
  const rng = createRng(7);
  const rows: number[] = [];
  for (let row = 0; row < count; row += 1) {
    const [x, v, a] = [rng.gaussian(), rng.gaussian(), rng.gaussian()];
    rows.push(x * scale, v * scale, a, (x + v) * scale, (v + a / 2) * scale, -(x ** 2), 1);
  }
  return Float32Array.from(rows);
}

let before = 0;
beforeEach(() => {
  tf.engine().startScope();
  before = tf.memory().numTensors;
});
afterEach(() => {
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBeLessThanOrEqual(before);
});

describe('predictionLoss', () => {
  const mean = tf.tensor([[[1, 2]]]);
  const changes = tf.tensor([[[2, 4]]]);

  it('is half the mean squared error where σ = 1', () => {
    near(values(predictionLoss({ mean }, changes)), [0.5 * (1 + 4) * 0.5]);
    near(values(predictionLoss({ mean, logVariance: tf.zeros([1, 1, 2]) }, changes)), [1.25]);
  });

  it('divides by σ² and adds its logarithm', () => {
    const logVariance = tf.tensor([[[Math.log(4), 0]]]);
    near(values(predictionLoss({ mean, logVariance }, changes)), [0.5 * 0.5 * (1 / 4 + Math.log(4) + 4)]);
  });

  it('is, with its constant, log p in the units of the data', () => {
    // N(2; 1, 4) and N(4; 2, 1) in normalised units, whose scales are 10 and 1.
    const logVariance = tf.tensor([[[Math.log(4), 0]]]);
    const normal = (e: number, sigma: number) =>
      -0.5 * (e / sigma) ** 2 - Math.log(sigma * Math.sqrt(2 * Math.PI));
    const expected = normal(1, 2) + normal(2, 1) - Math.log(10);
    near(values(logProbability({ mean, logVariance }, changes, tf.tensor([10, 1]))), [expected]);
  });

  it('counts items by mask, and nothing as nothing', () => {
    const losses = tf.tensor([
      [1, 3],
      [5, 7],
    ]);
    near(
      values(
        maskedMean(
          losses,
          tf.tensor([
            [1, 1],
            [0, 0],
          ]),
        ),
      ),
      [2, 0],
    );
  });
});

describe('mlpDynamics', () => {
  const options = { head: 'gaussian', members: 3, hidden: [8], activation: 'tanh' } as const;

  it('keeps log σ² within its limits however far the network goes', () => {
    const model = mlpDynamics(sizes, options);
    const parameters = mapTree(model.init(createRng(0)), (leaf: Tensor) => leaf) as Parameters;
    const wild = {
      ...parameters,
      head: mapTree(parameters.head as never, (leaf: Tensor) => leaf.mul(1e4)),
    } as Parameters;
    const { logVariance } = model.predict(wild, createRng(1).normal([3, 50, 3]));
    const found = values(logVariance as Tensor);
    expect(Math.min(...found)).toBeGreaterThan(-10.01);
    expect(Math.max(...found)).toBeLessThan(0.51);
  });

  it('predicts for all members at once what each predicts alone', () => {
    const model = mlpDynamics(sizes, options);
    const alone = mlpDynamics(sizes, { ...options, members: 1 });
    const parameters = model.init(createRng(0));
    const inputs = createRng(1).normal([3, 4, 3]);
    const together = model.predict(parameters, inputs).mean;
    for (let member = 0; member < 3; member += 1) {
      const own = mapTree(parameters, (leaf: Tensor) => tf.slice(leaf, [member], [1])) as Parameters;
      const single = alone.predict(own, tf.slice(inputs, [member], [1])).mean;
      near(values(single), values(tf.slice(together, [member], [1])));
    }
  });

  it('has the gradient of squared error where σ is held at 1', () => {
    const model = mlpDynamics(sizes, { ...options, head: 'deterministic', members: 1 });
    const parameters = model.init(createRng(0));
    const [inputs, changes] = [createRng(1).normal([1, 6, 3]), createRng(2).normal([1, 6, 2])];
    const gaussian = gradients((at: Parameters) => {
      const { mean } = model.predict(at, inputs);
      return tf.mean(predictionLoss({ mean, logVariance: tf.zerosLike(mean) }, changes)).asScalar() as Scalar;
    }, parameters);
    const squared = gradients(
      (at: Parameters) =>
        tf
          .mean(tf.square(model.predict(at, inputs).mean.sub(changes)))
          .mul(0.5)
          .asScalar() as Scalar,
      parameters,
    );
    for (const [index, leaf] of leavesOf(gaussian).entries())
      near(values(leaf), values(leavesOf(squared)[index] as Tensor));
  });

  it('refuses heads and sizes out of range', () => {
    expect(() => mlpDynamics(sizes, { ...options, members: 0 })).toThrow(TasklearnError);
    expect(() => mlpDynamics(sizes, { ...options, head: 'softmax' as never })).toThrow(TasklearnError);
  });
});

describe('normalizer', () => {
  it('has means and deviations of each part', () => {
    // Two rows: s = 0, 2; a = 5, 5; s′ = 1, 7: changes 1, 5; reward −1, 1.
    const one = { observation: 1, action: 1 };
    const { data } = fitNormalizer(Float32Array.from([0, 5, 1, -1, 1, 2, 5, 7, 1, 1]), one);
    near(Array.from(data), [1, 5, 3, 0, 1, 1, 2, 1]);
  });

  it('leaves predictions in place when units change', () => {
    const model = plainModel(
      mlpDynamics(sizes, { head: 'deterministic', members: 1, hidden: [8], activation: 'tanh' }),
    );
    const theta = model.init(createRng(0));
    const loss = (scale: number) => {
      const rows = linearRows(50, scale);
      const { data, shape } = fitNormalizer(rows, sizes);
      const batch = tf.tensor(rows, [1, 50, rowWidth(sizes)]);
      return values(
        model.loss(
          theta,
          normalizeRows(batch, normalizerOf(tf.tensor(data, [...shape]), sizes), sizes),
          createRng(0),
        ),
      );
    };
    near(loss(1000), loss(1), 4);
  });
});

describe('randomFeatureModel', () => {
  it('recovers a linear world from few transitions', () => {
    const model = randomFeatureModel(sizes, { features: 20, bandwidth: 3, regularization: 1e-6 });
    const rows = linearRows(60);
    const normalizer = fitNormalizer(rows, sizes);
    const initial = model.init(createRng(0));
    const host = mapTree(initial, (leaf: Tensor) => ({
      dtype: 'float32',
      shape: leaf.shape,
      data: leaf.dataSync() as Float32Array,
    })) as unknown as HostParameters;
    const head = model.solve(host, rows, normalizer).head as HostParameters[string];
    const weight = head.weight as HostTensor;
    const solved = { ...initial, head: { weight: tf.tensor(weight.data, [...weight.shape]) } };
    const units = normalizerOf(tf.tensor(normalizer.data, [...normalizer.shape]), sizes);
    const fresh = normalizeRows(tf.tensor(linearRows(200).slice(100 * 7), [1, 100, 7]), units, sizes);
    const error = predictionLoss(model.predict(solved, fresh.inputs), fresh.changes);
    expect(Math.max(...values(error))).toBeLessThan(1e-4);
  });

  it('solves by hand-computed numbers', () => {
    // [[4, 2], [2, 3]] x = (2, 5): x = (−1/2, 2).
    near(
      Array.from(solvePositiveDefinite(Float64Array.from([4, 2, 2, 3]), Float64Array.from([2, 5]), 2, 1)),
      [-0.5, 2],
    );
  });
});

describe('rollout', () => {
  const mean: RolloutOptions = { sampling: 'mean', particles: 1 };
  const plans = tf.tensor([
    [
      [[1], [0]],
      [[-1], [1]],
    ],
  ]); // [T = 1, N = 2, H = 2, A = 1]

  it('follows a linear world exactly, in its own units', () => {
    const { model, parameters } = exactModel();
    const start = tf.tensor([[1, 2]]);
    const { states, perCandidate } = rollout(
      sharedPredictor(model, parameters),
      unitNormalizer(),
      start,
      plans,
      mean,
      createRng(0),
    );
    // (1, 2) −a=1→ (3, 2.5) −0→ (5.5, 2.5); (1, 2) −(−1)→ (3, 1.5) −1→ (4.5, 2).
    near(values(states), [1, 2, 1, 2, 3, 2.5, 3, 1.5, 5.5, 2.5, 4.5, 2]);
    near(values(perCandidate(tf.tensor([[3, 4]]))), [3, 4]);
  });

  it('is the same for one ensemble of all trials and for one model per trial', () => {
    const model = mlpDynamics(sizes, { head: 'deterministic', members: 1, hidden: [8], activation: 'tanh' });
    const theta = model.init(createRng(0));
    const start = createRng(1).normal([3, 2]);
    const many = createRng(2).normal([3, 4, 5, 1]);
    const last = (perTrial: boolean) => {
      const own = mapTree(theta, (leaf: Tensor) =>
        tf.tile(leaf, [3, ...Array(leaf.rank - 1).fill(1)]),
      ) as Parameters;
      const predictor = perTrial ? predictorPerTrial(model, own, 3) : sharedPredictor(model, theta);
      const rolled = rollout(predictor, unitNormalizer(), start, many, mean, createRng(0));
      return values(rolled.perCandidate(tf.sum(rolled.states, [0, 3])));
    };
    near(last(true), last(false), 4);
  });

  it('averages members, and samples as many particles as asked', () => {
    const model = mlpDynamics(sizes, { head: 'gaussian', members: 3, hidden: [8], activation: 'tanh' });
    const predictor = sharedPredictor(model, model.init(createRng(0)));
    const start = tf.tensor([
      [0.1, 0.2],
      [0.3, 0.4],
    ]);
    const candidates = createRng(2).normal([2, 4, 3, 1]);
    for (const sampling of ['mean', 'tsInfinity', 'ts1'] as const) {
      const rolled = rollout(
        predictor,
        unitNormalizer(),
        start,
        candidates,
        { sampling, particles: 5 },
        createRng(0),
      );
      expect(rolled.states.shape).toEqual([4, 3, (sampling === 'mean' ? 1 : 5) * 8, 2]);
      // Everyone starts where its own trial is.
      near(
        values(
          rolled.perCandidate(tf.squeeze(tf.slice(rolled.states, [0, 0, 0, 0], [1, -1, -1, 1]), [0, 3])),
        ),
        [...Array(4).fill(0.1), ...Array(4).fill(0.3)],
      );
    }
  });

  it('deals particles to all members under TS1, and keeps each with its member under TS∞', () => {
    // Members that add 0, 1 and 2 at every step, for certain.
    const model = mlpDynamics(
      { observation: 1, action: 1 },
      { head: 'deterministic', members: 3, hidden: [], activation: 'relu' },
    );
    const parameters = { head: { weight: tf.zeros([3, 2, 1]), bias: tf.tensor([[0], [1], [2]]) } };
    const units = normalizerOf(tf.tensor([0, 0, 0, 0, 1, 1, 1, 1]), { observation: 1, action: 1 });
    const ends = (sampling: 'ts1' | 'tsInfinity') => {
      const rolled = rollout(
        sharedPredictor(model, parameters),
        units,
        tf.zeros([1, 1]),
        tf.zeros([1, 1, 40, 1]),
        { sampling, particles: 1 },
        createRng(0),
      );
      return values(rolled.states)
        .slice(-3)
        .sort((a, b) => a - b);
    };
    near(ends('tsInfinity'), [0, 40, 80]);
    const dealt = ends('ts1');
    expect(dealt.reduce((sum, value) => sum + value)).toBeCloseTo(120, 3); // Every step adds 0 + 1 + 2.
    expect((dealt[2] as number) - (dealt[0] as number)).toBeLessThan(40);
  });
});

describe('scorePlans', () => {
  it('sums the known reward, by hand', () => {
    const plans = tf.tensor([[[[1], [0]]]]);
    // (1, 2) → (3, 2.5) → (5.5, 2.5): −½ (9 + 6.25 + 1) − ½ (30.25 + 6.25).
    near(values(exactScore(tf.tensor([[1, 2]]))(plans)), [-0.5 * 16.25 - 0.5 * 36.5]);
  });

  it('weighs by the probability of still being there', () => {
    const outcomes = outcomeModel(sizes, { reward: false, continuation: true, hidden: [] });
    const initial = outcomes.init(createRng(0));
    const parameters = {
      head: { weight: tf.zerosLike(initial.head?.weight as Tensor), bias: tf.tensor([Math.log(3)]) }, // goes on: 3/4
    };
    const found = outcomes.predict(parameters, tf.zeros([1, 2, 3]), tf.zeros([1, 2, 2]))
      .continuation as Tensor;
    near(values(tf.sigmoid(found)), [0.75, 0.75]);
  });
});
