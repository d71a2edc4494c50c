import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { repeated } from '../__fixtures__/repeated.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { autoregressive } from './autoregressive.js';
import { bernoulliDistribution } from './bernoulli-distribution.js';
import { categorical } from './categorical.js';
import { delta } from './delta.js';
import { gaussian } from './gaussian.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('categorical', () => {
  const make = (items = 1) => categorical(repeated([Math.log(1), Math.log(2), Math.log(5)], items));
  it('probabilities, log-probabilities and entropy by hand', () => {
    expectValues(
      valuesOf(() => make().mean()),
      [1 / 8, 2 / 8, 5 / 8],
    );
    const labels = () => tf.tensor2d([[0, 1, 2]], [1, 3], 'int32');
    expectValues(
      valuesOf(() => tf.exp(make(3).logProbability(labels()))),
      [1 / 8, 2 / 8, 5 / 8],
    );
    const entropy = -[1 / 8, 2 / 8, 5 / 8].reduce((sum, p) => sum + p * Math.log(p), 0);
    expectValues(
      valuesOf(() => (make().entropy as () => tf.Tensor)()),
      [entropy],
    );
  });
  it('samples as often as it says', () => {
    const samples = valuesOf(() => make(8000).sample(createRng(1)));
    const share = (n: number) => samples.filter((value) => value === n).length / samples.length;
    [1 / 8, 2 / 8, 5 / 8].forEach((p, n) => {
      expect(Math.abs(share(n) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 8000));
    });
    expect(tf.tidy(() => make(2).sample(createRng(0)).dtype)).toBe('int32');
  });
});

describe('bernoulliDistribution', () => {
  const logits = [-1, 2];
  const make = (items = 1) => bernoulliDistribution(repeated(logits, items));
  const p = logits.map((z) => 1 / (1 + Math.exp(-z))) as [number, number];
  it('sums to 1 over all outcomes; mean, variance, entropy by hand', () => {
    const outcomes = () => tf.tensor([0, 0, 0, 1, 1, 0, 1, 1], [1, 4, 2]);
    const mass = valuesOf(() => tf.exp(make(4).logProbability(outcomes())));
    expect(mass.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(mass[3]).toBeCloseTo(p[0] * p[1], 5);
    expectValues(
      valuesOf(() => make().mean()),
      p,
    );
    expectValues(
      valuesOf(() => (make().variance as () => tf.Tensor)()),
      p.map((q) => q * (1 - q)),
    );
    const entropy = -p.reduce((sum, q) => sum + q * Math.log(q) + (1 - q) * Math.log(1 - q), 0);
    expectValues(
      valuesOf(() => (make().entropy as () => tf.Tensor)()),
      [entropy],
    );
  });
  it('samples as often as it says', () => {
    const samples = valuesOf(() => make(5000).sample(createRng(2)));
    const share =
      samples.filter((_value, index) => index % 2 === 0).reduce((sum, value) => sum + value, 0) / 5000;
    expect(Math.abs(share - p[0])).toBeLessThan(0.03);
    expect(new Set(samples)).toEqual(new Set([0, 1]));
  });
});

describe('delta', () => {
  it('log 1 at the value, log 0 elsewhere', () => {
    const make = () => delta(tf.tensor([1, 2, 1, 2, 1, 2], [1, 3, 2]));
    const found = valuesOf(() => make().logProbability(tf.tensor([1, 2, 1, 3, 0, 0], [1, 3, 2])));
    expect(found).toEqual([0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(valuesOf(() => make().sample(createRng(0)))).toEqual([1, 2, 1, 2, 1, 2]);
    expect(valuesOf(() => (make().entropy as () => tf.Tensor)())).toEqual([0, 0, 0]);
  });
});

describe('autoregressive', () => {
  // y1 ~ N(1, 1), y2 ~ N(2 y1, 0.5²): mean (1, 2), variance (1, 4.25)
  const linear = (items: number) =>
    autoregressive({
      tasks: 1,
      items,
      size: 2,
      conditional: (prefix, position) => {
        const first = prefix.slice([0, 0, 0], [1, items, 1]).reshape([1, items]);
        return position === 0 ? gaussian(tf.ones([1, items]), 1) : gaussian(first.mul(2), 0.5);
      },
    });
  it('mean, log-probability and samples of a linear-Gaussian chain', () => {
    expectValues(
      valuesOf(() => linear(1).mean()),
      [1, 2],
    );
    const density = (z: number, s: number) => -0.5 * (z / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI);
    const found = valuesOf(() => linear(1).logProbability(tf.tensor([0.5, 2], [1, 1, 2])));
    expectValues(found, [density(-0.5, 1) + density(1, 0.5)]);
    const samples = valuesOf(() => linear(4000).sample(createRng(1)));
    const second = samples.filter((_value, index) => index % 2 === 1);
    const mean = second.reduce((sum, y) => sum + y, 0) / 4000;
    expect(Math.abs(mean - 2)).toBeLessThan(0.15);
    const variance = second.reduce((sum, y) => sum + (y - mean) ** 2, 0) / 4000;
    expect(Math.abs(variance / 4.25 - 1)).toBeLessThan(0.1);
  });
  it('categorical factors: all sequences sum to 1, a factor sees what precedes it only', () => {
    const prefixes: number[][] = [];
    const make = (items: number) =>
      autoregressive({
        tasks: 1,
        items,
        size: 3,
        conditional: (prefix, position) => {
          prefixes.push([...prefix.slice([0, items - 1], [1, 1]).dataSync()]);
          const sum = prefix.sum(2).reshape([1, items, 1]);
          return categorical(tf.concat([sum.mul(0.7), tf.fill([1, items, 1], 0.1 * position)], 2));
        },
      });
    const sequences = Array.from({ length: 8 }, (_, n) => [n >> 2, (n >> 1) & 1, n & 1]).flat();
    const mass = valuesOf(() => tf.exp(make(8).logProbability(tf.tensor(sequences, [1, 8, 3], 'int32'))));
    expect(mass.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(prefixes).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
    ]);
    tf.tidy(() => {
      const sample = make(5).sample(createRng(1));
      expect([sample.dtype, sample.shape]).toEqual(['int32', [1, 5, 3]]);
      expect(make(5).mean().shape).toEqual([1, 5, 3, 2]);
    });
  });
});
