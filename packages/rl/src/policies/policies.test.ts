import { createRng, eagerExecutor } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import type { ActionDistribution } from './action-distribution.js';
import { boltzmannActions, categoricalActions, epsilonGreedyActions } from './categorical-actions.js';
import { deterministicActions } from './deterministic-actions.js';
import { gaussianActions } from './gaussian-actions.js';
import { orthogonal } from './orthogonal.js';
import { type PolicyOptions, policyFor } from './policy-for.js';
import { continuousQFunctionFor, discreteQFunctionFor } from './q-function-for.js';
import { tanhGaussianActions } from './tanh-gaussian-actions.js';
import { valueFunctionFor } from './value-function-for.js';

beforeAll(() => tf.setBackend('cpu'));

const numbersOf = (fn: () => Tensor) => [...tf.tidy(() => fn().dataSync())];
const close = (found: readonly number[], expected: readonly number[], digits = 4) => {
  expect(found.length).toBe(expected.length);
  for (const [index, x] of expected.entries()) expect(found[index]).toBeCloseTo(x, digits);
};
const repeated = (values: readonly number[], items: number) =>
  tf.tile(tf.tensor(values as number[], [1, 1, values.length]), [1, items, 1]);

const discrete = {
  observation: { shape: [3], dtype: 'float32' },
  action: { shape: [], dtype: 'int32', minimum: 0, maximum: 3 },
  horizon: 5,
  hasSuccess: false,
} as const;
const continuous = {
  ...discrete,
  action: { shape: [2], dtype: 'float32', minimum: -1, maximum: 3 },
} as const;

describe('categoricalActions', () => {
  const p = [0.5, 0.3, 0.2];
  const q = [0.1, 0.6, 0.3];
  const of = (probabilities: number[]) => categoricalActions(repeated(probabilities.map(Math.log), 1));
  it('log-probability of indices of either type, mode, entropy and divergence by hand', () => {
    close(
      numbersOf(() => of(p).logProbability(tf.tensor([[2]]))),
      [Math.log(0.2)],
    );
    close(
      numbersOf(() => of(p).logProbability(tf.tensor([[1]], [1, 1], 'int32'))),
      [Math.log(0.3)],
    );
    expect(numbersOf(() => of(q).mode())).toEqual([1]);
    close(
      numbersOf(() => of(p).entropy()),
      [-p.reduce((sum, x) => sum + x * Math.log(x), 0)],
    );
    const divergence = p.reduce((sum, x, i) => sum + x * Math.log(x / (q[i] as number)), 0);
    close(
      numbersOf(() => of(p).divergence(of(q))),
      [divergence],
    );
  });
  it('ε-greedy and Boltzmann probabilities', () => {
    const values = () => tf.tensor([[[1, 3, 2]]]);
    close(
      numbersOf(() => tf.softmax(epsilonGreedyActions(values(), 0.3).numbers)),
      [0.1, 0.8, 0.1],
    );
    const weights = [1, 3, 2].map((value) => Math.exp(value / 0.5));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    close(
      numbersOf(() => tf.softmax(boltzmannActions(values(), 0.5).numbers)),
      weights.map((weight) => weight / total),
    );
  });
  it('refuses to compare itself with another family', () => {
    const other = () => gaussianActions(tf.zeros([1, 1, 4]));
    expect(tf.tidy(() => codeOf(() => of(p).divergence(other())))).toBe('SHAPE_MISMATCH');
  });
});

/** Mean over many draws of log π(a) − log π′(a), and of −log π(a). */
function byMonteCarlo(
  make: (items: number) => ActionDistribution,
  other: (items: number) => ActionDistribution,
) {
  const items = 40_000;
  return tf.tidy(() => {
    const { sample, logProbability } = make(items).sampleWithLogProbability(createRng(1));
    const entropy = tf.neg(tf.mean(logProbability)).dataSync()[0] as number;
    const divergence = tf
      .mean(logProbability.sub(other(items).logProbability(sample)))
      .dataSync()[0] as number;
    return { entropy, divergence };
  });
}

describe.each([
  ['gaussian', gaussianActions],
  ['tanhGaussian', (numbers: Tensor) => tanhGaussianActions(numbers, { centre: 1, reach: 2 })],
] as const)('%s actions', (_name, make) => {
  const own = (items: number) => make(repeated([0.3, -0.2, -0.5, -1], items));
  const other = (items: number) => make(repeated([0, 0.1, -0.2, -0.7], items));
  it('entropy and divergence equal their Monte Carlo estimates', () => {
    const { entropy, divergence } = byMonteCarlo(own, other);
    expect(numbersOf(() => own(1).entropy())[0]).toBeCloseTo(entropy, 1);
    expect(numbersOf(() => own(1).divergence(other(1)))[0]).toBeCloseTo(divergence, 1);
  });
  it('the log-probability of a sample is the one it comes with', () => {
    tf.tidy(() => {
      const { sample, logProbability } = own(50).sampleWithLogProbability(createRng(2));
      close([...own(50).logProbability(sample).dataSync()], [...logProbability.dataSync()], 3);
      close([...own(50).sample(createRng(2)).dataSync()], [...sample.dataSync()]);
    });
  });
});

it('tanhGaussian samples and modes stay within the limits', () => {
  const found = numbersOf(() =>
    tanhGaussianActions(repeated([3, -3, 1, 1], 200), { centre: 1, reach: 2 }).sample(createRng(0)),
  );
  expect(Math.max(...found)).toBeLessThanOrEqual(3);
  expect(Math.min(...found)).toBeGreaterThanOrEqual(-1);
});

it('deterministicActions are the squashed output, with noise that is clipped', () => {
  const make = (noise: number) =>
    deterministicActions(repeated([0.5, 30], 500), { centre: 1, reach: 2 }, noise);
  close(numbersOf(() => make(0).sample(createRng(0))).slice(0, 2), [1 + 2 * Math.tanh(0.5), 3]);
  const noisy = numbersOf(() => make(0.1).sample(createRng(0)));
  const first = noisy.filter((_x, i) => i % 2 === 0);
  const mean = first.reduce((sum, x) => sum + x, 0) / 500;
  expect(Math.abs(mean - 1 - 2 * Math.tanh(0.5))).toBeLessThan(4 * (0.2 / Math.sqrt(500)));
  expect(Math.max(...noisy)).toBeLessThanOrEqual(3);
});

describe('policyFor', () => {
  const families: readonly (readonly [string, PolicyOptions])[] = [
    ['categorical', {}],
    ['gaussian', {}],
    ['gaussian with a network for σ', { deviation: 'network' }],
    ['tanhGaussian', { family: 'tanhGaussian' }],
    ['deterministic', { family: 'deterministic' }],
  ];
  it.each(families)('%s: eager = compiled, shared and per task; no tensor is left', async (name, options) => {
    const policy = policyFor(name === 'categorical' ? discrete : continuous, {
      hidden: [4],
      headScale: 1,
      ...options,
    });
    const before = tf.memory().numTensors;
    const fn = ({ observations }: { observations: Tensor }, rng: ReturnType<typeof createRng>) => {
      const seen = observations.reshape([2, 5, 3]);
      const normal = {
        layer1: { weight: rng.normal([3, 4]) },
        head: { weight: rng.normal([4, policy.head.size]) },
      };
      const free = name === 'gaussian' || name === 'tanhGaussian';
      const shared: Parameters = {
        ...normal,
        head: { weight: free ? rng.normal([4, 2]) : normal.head.weight },
        ...(free ? { logDeviation: { value: rng.normal([2]) } } : {}),
      };
      const perTask = Object.fromEntries(
        Object.entries(shared).map(([layer, own]) => [
          layer,
          Object.fromEntries(Object.entries(own).map(([key, x]) => [key, tf.stack([x, x.mul(2)])])),
        ]),
      );
      const [a, b] = [policy.apply(shared, seen), policy.apply(perTask, seen)];
      const sample = b.sample(rng.split('sample'));
      return {
        first: tf
          .slice(b.numbers, [0, 0, 0], [1, 5, policy.head.size])
          .sub(tf.slice(a.numbers, [0, 0, 0], [1, 5, policy.head.size])),
        numbers: b.numbers,
        sample: sample.cast('float32'),
        mode: b.mode().cast('float32'),
        entropy: b.entropy(),
      };
    };
    const input = {
      observations: {
        dtype: 'float32' as const,
        shape: [30],
        data: Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)),
      },
    };
    const [eager, compiled] = [eagerExecutor(), compiledExecutor({ threads: 1, fallback: 'error' })].map(
      (executor) => executor.prepare(fn as never),
    );
    const expected = (await eager?.run(input as never, createRng(3))) as never as Record<
      string,
      { data: Float32Array }
    >;
    const found = (await compiled?.run(input as never, createRng(3))) as never as typeof expected;
    for (const [key, { data }] of Object.entries(expected))
      close([...(found[key]?.data ?? [])], [...data], 3);
    close([...(found.first?.data ?? [])], Array<number>(5 * policy.head.size).fill(0));
    eager?.dispose();
    compiled?.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('starts with almost equal probabilities', () => {
    const logits = tf.tidy(() => {
      const policy = policyFor(discrete);
      return [...policy.apply(policy.init(createRng(0)), tf.ones([1, 2, 3])).numbers.dataSync()];
    });
    for (const logit of logits) expect(Math.abs(logit)).toBeLessThan(0.1);
    expect(new Set(logits).size).toBeGreaterThan(1);
  });
  it('a context is part of what it sees, and has to be there', () => {
    tf.tidy(() => {
      const policy = policyFor(discrete, { contextSize: 2, headScale: 1 });
      const parameters = policy.init(createRng(0));
      const at = (z: number) =>
        policy.apply(parameters, tf.ones([1, 2, 3]), tf.fill([1, 1, 2], z)).numbers.dataSync();
      expect([...at(0)]).not.toEqual([...at(1)]);
      expect(codeOf(() => policy.apply(parameters, tf.ones([1, 2, 3])))).toBe('SHAPE_MISMATCH');
    });
  });
  it('refuses a family by code', () => {
    expect(codeOf(() => policyFor(continuous, { family: 'cauchy' as never }))).toBe('INVALID_OPTION');
  });
});

describe('value and action value functions', () => {
  it('have the shapes they say', () => {
    tf.tidy(() => {
      const [value, q, dueling, pair] = [
        valueFunctionFor(discrete),
        discreteQFunctionFor(discrete),
        discreteQFunctionFor(discrete, { dueling: true }),
        continuousQFunctionFor(continuous),
      ] as const;
      const seen = tf.ones([2, 5, 3]);
      const rng = createRng(0);
      expect(value.apply(value.init(rng), seen).shape).toEqual([2, 5]);
      expect(q.apply(q.init(rng), seen).shape).toEqual([2, 5, 4]);
      expect(dueling.apply(dueling.init(rng), seen).shape).toEqual([2, 5, 4]);
      expect(pair.apply(pair.init(rng), seen, tf.ones([2, 5, 2])).shape).toEqual([2, 5]);
      expect(codeOf(() => discreteQFunctionFor(continuous))).toBe('UNSUPPORTED_TASK');
    });
  });
  it('dueling: Q = V + A − mean A', () => {
    const q = discreteQFunctionFor(discrete, { dueling: true, hidden: [] });
    const parameters = () => ({
      head: { weight: tf.zeros([3, 5]), bias: tf.tensor1d([1, 2, 3, 6, 10]) },
    });
    close(
      numbersOf(() => q.apply(parameters(), tf.zeros([1, 1, 3]))),
      [8, 9, 10, 13],
    );
  });
});

it('orthogonal matrices keep lengths, whichever side is longer', () => {
  for (const shape of [
    [4, 4],
    [3, 6],
    [6, 3],
  ] as const)
    tf.tidy(() => {
      const w = orthogonal(2)(shape, { fanIn: shape[0], fanOut: shape[1] }, createRng(0)) as tf.Tensor2D;
      const gram = shape[0] <= shape[1] ? tf.matMul(w, w, false, true) : tf.matMul(w, w, true);
      const size = Math.min(...shape);
      close(
        [...gram.dataSync()],
        Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 4 : 0)),
      );
    });
});
