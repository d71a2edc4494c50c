import { createRng, type EpisodeSpec, type LabelledSet, type Tree } from '@tasklearn/core';
import { adam, dense, relu } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createAttentiveNeuralProcess,
  createConditionalNeuralProcess,
  createHypernetwork,
} from '../create-learners.js';
import { aggregate } from './aggregate.js';
import { divergenceFromStandard, weightDivergence } from './path-regularization.js';
import { type Conditioning, conditionedPredictor } from './predictor.js';
import { type SetLearnerParts, setLearner } from './set-learner.js';

beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const values = (tensor: unknown) => [...(tensor as Tensor).dataSync()];
const distance = (a: Tensor, b: Tensor) => Math.max(...values(tf.abs(a.sub(b))));
const invalid = expect.objectContaining({ code: 'INVALID_OPTION' });

describe('aggregate', () => {
  const codes = [1, 2, 3, 4, -5, 6];
  const items = () => tf.tensor(codes, [1, 3, 2]);

  it('is a mean, a sum, a maximum, or a mean of each class', () => {
    expect(values(aggregate('mean', items(), undefined))).toEqual([-1 / 3, 4].map(Math.fround));
    expect(values(aggregate('sum', items(), undefined))).toEqual([-1, 12]);
    expect(values(aggregate('max', items(), undefined))).toEqual([3, 6]);
    const classes = { labels: tf.tensor2d([[1, 0, 1]], [1, 3], 'int32'), count: 3 };
    expect(values(aggregate('perClass', items(), undefined, classes))).toEqual([3, 4, -2, 4, 0, 0]);
  });

  it('leaves masked items out, and is 0 of none', () => {
    const mask = tf.tensor2d([[1, 0, 1]]);
    expect(values(aggregate('mean', items(), mask))).toEqual([-2, 4]);
    expect(values(aggregate('max', items(), mask))).toEqual([1, 6]);
    for (const kind of ['mean', 'sum', 'max'] as const)
      expect(values(tf.abs(aggregate(kind, items(), tf.zeros([1, 3]))))).toEqual([0, 0]);
  });

  it('a mean can be brought up to date by one item, and does not grow surer of items met twice, a sum does', () => {
    const mean = aggregate('mean', items(), undefined);
    const more = tf.concat([items(), tf.tensor([7, 8], [1, 1, 2])], 1);
    const updated = mean.add(
      tf
        .tensor2d([[7, 8]])
        .sub(mean)
        .div(4),
    );
    expect(distance(aggregate('mean', more, undefined), updated)).toBeLessThan(1e-6);
    const twice = tf.concat([items(), items()], 1);
    expect(distance(aggregate('mean', twice, undefined), mean)).toBeLessThan(1e-6);
    expect(values(aggregate('sum', twice, undefined))).toEqual([-2, 24]);
  });
});

describe('conditionedPredictor', () => {
  const sizes = { inputs: 2, code: 3, outputs: 2 };
  const x = () => createRng(1).normal([2, 4, 2]);
  const code = () => createRng(2).normal([2, 3]);
  type Layers = { readonly [name: string]: { readonly weight: Tensor; readonly bias: Tensor } };
  const init = (kind: Conditioning) =>
    conditionedPredictor(kind, [5, 4]).init(sizes, createRng(3)) as unknown as Layers;
  const run = (kind: Conditioning, layers: Layers, of = code()) =>
    conditionedPredictor(kind, [5, 4]).apply(layers as unknown as Tree<Tensor>, x(), of, sizes);

  it('adding is joining: the same outputs and gradients with the weights copied', () => {
    const joined = init('concat');
    const first = joined['layer 1'] as Layers[string];
    const parts = {
      ...joined,
      'layer 1': { ...first, weight: tf.slice(first.weight, [0, 0], [2, 5]) },
      'code 1': { weight: tf.slice(first.weight, [2, 0], [3, 5]), bias: tf.zeros([5]) },
    };
    expect(distance(run('concat', joined), run('add', parts))).toBeLessThan(1e-6);
    const ofCode = (kind: Conditioning, layers: Layers) =>
      tf.grad((given) =>
        run(kind, layers, given as tf.Tensor2D)
          .square()
          .sum(),
      )(code());
    expect(distance(ofCode('concat', joined), ofCode('add', parts))).toBeLessThan(1e-5);
  });

  it('FiLM with γ = 1 and β = 0 does not read the code, nor does a gate with V = 0 but for a factor', () => {
    const zeroed = (kind: Conditioning) =>
      Object.fromEntries(
        Object.entries(init(kind)).map(([name, { weight, bias }]) =>
          name.startsWith('code')
            ? [name, { weight: tf.zerosLike(weight), bias: tf.zerosLike(bias) }]
            : [name, { weight, bias }],
        ),
      );
    for (const kind of ['film', 'gate'] as const) {
      const layers = zeroed(kind);
      expect(distance(run(kind, layers), run(kind, layers, createRng(8).normal([2, 3])))).toBe(0);
      let h: Tensor = x();
      for (const name of ['layer 1', 'layer 2', 'layer 3']) {
        h = dense(h, layers[name] as Layers[string]);
        if (name !== 'layer 3') h = relu(kind === 'gate' ? h.mul(0.5) : h);
      }
      expect(distance(run(kind, layers), h)).toBeLessThan(1e-6);
    }
  });

  it('weights that a code emits make an ordinary network, each task its own', () => {
    const layers = init('allWeights');
    const tasks = [0, 1].map((task) => {
      const own = tf.slice(code(), [task, 0], [1, 3]);
      let h = tf.slice(x(), [task, 0, 0], [1, 4, 2]).reshape([4, 2]);
      for (const [index, [from, to]] of [
        [2, 5],
        [5, 4],
        [4, 2],
      ].entries() as ArrayIterator<[number, [number, number]]>) {
        const all = dense(own, layers[`layer ${index + 1}`] as Layers[string]).flatten();
        const weight = tf
          .slice(all, 0, from * to)
          .reshape([from, to])
          .div(Math.sqrt(from));
        h = tf.matMul(h as tf.Tensor2D, weight as tf.Tensor2D).add(tf.slice(all, from * to, to));
        if (index < 2) h = tf.relu(h);
      }
      return h;
    });
    expect(distance(run('allWeights', layers), tf.stack(tasks))).toBeLessThan(1e-5);
  });
});

const spec: EpisodeSpec = {
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  supportSize: 4,
  querySize: 3,
};
const support = (seed = 1): LabelledSet => ({
  inputs: createRng(seed).normal([2, 4, 2]),
  targets: createRng(seed + 10).normal([2, 4, 1]),
});
const queries = () => createRng(5).normal([2, 3, 2]);
const rng = createRng(0);

describe('setLearner', () => {
  const small = { encoder: [6, 6], predictor: [6] };

  it('answers from r_0 without any item, whatever the masked ones hold, and keeps no φ among its parameters', () => {
    for (const learner of [
      createConditionalNeuralProcess(small),
      createConditionalNeuralProcess({ ...small, aggregator: 'max' }),
      createAttentiveNeuralProcess(small),
      createHypernetwork(small),
    ]) {
      const theta = learner.init(spec, createRng(1));
      const mask = tf.zeros([2, 4]);
      const predict = (labelled: LabelledSet) =>
        learner.predict(theta, learner.adapt(theta, { labelled }, rng, spec), queries(), rng, spec).mean();
      const empty = predict({ ...support(1), mask });
      expect(distance(empty, predict({ ...support(2), mask }))).toBe(0);
      expect(distance(empty, predict(support(1)))).toBeGreaterThan(1e-4);
      const r0 = { ...(theta as object), empty: createRng(4).normal([6]) } as never;
      const shifted = learner.predict(
        r0,
        learner.adapt(r0, { labelled: { ...support(1), mask } }, rng, spec),
        queries(),
        rng,
        spec,
      );
      expect(distance(empty, shifted.mean())).toBeGreaterThan(1e-4);
      expect(
        Object.keys(theta as object)
          .sort()
          .filter((key) => key !== 'keys'),
      ).toEqual(['embedding', 'empty', 'encoder', 'inputs', 'predictor']);
    }
  });

  it('uniform attention is the mean', () => {
    const attentive = createAttentiveNeuralProcess(small);
    const theta = attentive.init(spec, createRng(1)) as { readonly [part: string]: Tree<Tensor> };
    const even = { ...theta, keys: { weight: tf.zeros([2, 6]), bias: tf.zeros([6]) } };
    const mean = createConditionalNeuralProcess(small);
    const predict = (learner: typeof mean, own: object) =>
      learner
        .predict(
          own as never,
          learner.adapt(own as never, { labelled: support() }, rng, spec),
          queries(),
          rng,
          spec,
        )
        .mean();
    const { keys: _, ...rest } = theta;
    expect(distance(predict(attentive, even), predict(mean, rest))).toBeLessThan(1e-6);
  });
});

describe('regularised paths', () => {
  const parts: SetLearnerParts = {
    embedding: () => undefined,
    aggregator: 'mean',
    conditioning: 'concat',
    inputEncoder: [3],
    encoder: [4],
    predictor: [5],
    optimizer: adam({ learningRate: 1e-3 }),
  };
  const episodes = () => ({
    support: { labelled: support() },
    query: { inputs: queries(), targets: createRng(8).normal([2, 3, 1]) },
  });

  it('KL(N(m, s²) ‖ N(0, 1)) by hand', () => {
    const [mean, logDeviation] = [tf.tensor1d([0, 2]), tf.tensor1d([0, Math.log(0.5)])];
    const expected = [0, 0.5 * (0.25 + 4 - 1) + Math.log(2)];
    for (const [at, value] of values(divergenceFromStandard(mean, logDeviation)).entries())
      expect(value).toBeCloseTo(expected[at] as number, 6);
    expect(
      values(weightDivergence({ a: mean, b: mean }, { a: logDeviation, b: logDeviation }))[0],
    ).toBeCloseTo(2 * (expected[1] as number), 5);
  });

  it('with s = 0 and β = 0 random weights are plain ones', () => {
    const plain = setLearner(parts);
    const random = setLearner({ ...parts, regularization: { kind: 'weights', strength: 0 } });
    const theta = random.init(spec, createRng(1)) as { readonly [part: string]: Tree<Tensor> };
    const { logDeviations, ...rest } = theta;
    const still = { inputs: noDeviation(logDeviations as never) };
    const loss = (learner: typeof plain, own: object) =>
      values(learner.metaLoss?.(own as never, episodes(), rng, spec).loss)[0];
    expect(loss(random, { ...rest, logDeviations: still })).toBeCloseTo(loss(plain, rest) as number, 6);
    expect(loss(random, theta)).not.toBeCloseTo(loss(plain, rest) as number, 6);
  });

  it('the divergence reaches the path that is named, and no other', () => {
    const of = (kind: 'weights' | 'activations') => {
      const learner = (strength: number) => setLearner({ ...parts, regularization: { kind, strength } });
      const theta = learner(0).init(spec, createRng(1)) as unknown as Record<
        string,
        Record<string, { weight: Tensor }>
      >;
      const weightOf = (path: string) => theta[path]?.['layer 1']?.weight as Tensor;
      const gradients = (strength: number) =>
        tf.grads((inputs, encoder, predictor) => {
          const own = {
            ...theta,
            inputs: { 'layer 1': { ...theta.inputs?.['layer 1'], weight: inputs } },
            encoder: { 'layer 1': { ...theta.encoder?.['layer 1'], weight: encoder } },
            predictor: {
              ...theta.predictor,
              'layer 1': { ...theta.predictor?.['layer 1'], weight: predictor },
            },
          };
          return learner(strength).metaLoss?.(own as never, episodes(), rng, spec).loss as tf.Scalar;
        })([weightOf('inputs'), weightOf('encoder'), weightOf('predictor')]);
      const [without, strong] = [gradients(0), gradients(10)];
      return without.map((gradient, at) => distance(gradient, strong[at] as Tensor));
    };
    for (const kind of ['weights', 'activations'] as const) {
      const [inputs, encoder, predictor] = of(kind) as [number, number, number];
      expect(inputs).toBeGreaterThan(0.1);
      expect(encoder).toBeLessThan(1e-5);
      expect(predictor).toBeLessThan(1e-5);
    }
  });

  it('is no different at meta-test: means are used, and nothing is drawn', () => {
    const learner = setLearner({ ...parts, regularization: { kind: 'weights', strength: 1 } });
    const theta = learner.init(spec, createRng(1));
    const predict = (seed: number) =>
      learner
        .predict(
          theta,
          learner.adapt(theta, { labelled: support() }, createRng(seed), spec),
          queries(),
          createRng(seed),
          spec,
        )
        .mean();
    expect(values(predict(1))).toEqual(values(predict(2)));
  });

  it('refuses to regularise an encoder that is not there', () => {
    const regularization = { kind: 'weights', strength: 1 } as const;
    expect(() => createConditionalNeuralProcess({ regularization })).toThrow(invalid);
    expect(() =>
      createConditionalNeuralProcess({ regularization: { ...regularization, strength: -1 } }),
    ).toThrow(invalid);
  });
});

/** log s = −60 throughout: s = 0. */
function noDeviation(logDeviations: { inputs: { [layer: string]: { weight: Tensor; bias: Tensor } } }) {
  return Object.fromEntries(
    Object.entries(logDeviations.inputs).map(([name, { weight, bias }]) => [
      name,
      { weight: tf.fill(weight.shape, -60), bias: tf.fill(bias.shape, -60) },
    ]),
  );
}
