import { createRng, type PredictiveDistribution } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { repeated } from '../__fixtures__/repeated.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { gaussian } from './gaussian.js';
import { gaussianMixture } from './gaussian-mixture.js';
import { mixtureOfSamples } from './mixture-of-samples.js';
import { logTanhSlope, tanhGaussian } from './tanh-gaussian.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const mixtureOf = (items: number) =>
  gaussianMixture({
    logits: repeated([0.5, -0.2, 0], items),
    means: repeated([-2, 1, 3], items, [3, 1]),
    standardDeviations: repeated([0.5, 1, 0.3], items, [3, 1]),
  });

/** Distributions of one number per item, over B items, with the range that holds their mass. */
const continuous: readonly [string, (items: number) => PredictiveDistribution, number, number][] = [
  ['gaussian', (items) => gaussian(repeated([0.7], items), repeated([1.3], items)), -12, 12],
  ['gaussianMixture', mixtureOf, -12, 12],
  ['tanhGaussian', (items) => tanhGaussian(repeated([0.4], items), repeated([0.8], items)), -1, 1],
  [
    'mixture',
    (items) =>
      mixtureOfSamples([
        gaussian(repeated([-1], items), repeated([0.5], items)),
        gaussian(repeated([2], items), repeated([1.5], items)),
      ]),
    -12,
    12,
  ],
];

describe.each(continuous)('%s', (_name, make, low, high) => {
  const cells = 4000;
  const width = (high - low) / cells;
  const middles = Array.from({ length: cells }, (_, index) => low + (index + 0.5) * width);

  it('its density integrates to 1, and mean and variance are those of the density', () => {
    const density = valuesOf(() => tf.exp(make(cells).logProbability(tf.tensor(middles, [1, cells, 1]))));
    const integral = (f: (y: number) => number) =>
      density.reduce((sum, p, index) => sum + p * f(middles[index] as number) * width, 0);
    const mean = integral((y) => y);
    expect(integral(() => 1)).toBeCloseTo(1, 3);
    expect(valuesOf(() => make(1).mean())[0]).toBeCloseTo(mean, 3);
    const variance = integral((y) => (y - mean) ** 2);
    expect(valuesOf(() => (make(1).variance as () => tf.Tensor)())[0]).toBeCloseTo(variance, 3);
  });

  it('its samples have that mean and variance, and the seed fixes them', () => {
    const items = 20000;
    const draw = (seed: number) => valuesOf(() => make(items).sample(createRng(seed)));
    const samples = draw(7);
    const [mean] = valuesOf(() => make(1).mean()) as [number];
    const [variance] = valuesOf(() => (make(1).variance as () => tf.Tensor)()) as [number];
    const found = samples.reduce((sum, y) => sum + y, 0) / items;
    const spread = samples.reduce((sum, y) => sum + (y - found) ** 2, 0) / items;
    expect(Math.abs(found - mean)).toBeLessThan(4 * Math.sqrt(variance / items));
    expect(Math.abs(spread / variance - 1)).toBeLessThan(0.05);
    expect(draw(7)).toEqual(samples);
    expect(draw(8)).not.toEqual(samples);
  });
});

describe('reparameterised samples', () => {
  const families: Record<string, (mean: tf.Tensor, deviation: tf.Tensor) => PredictiveDistribution> = {
    gaussian,
    tanhGaussian,
    gaussianMixture: (mean, deviation) =>
      gaussianMixture({
        logits: repeated([0.3, -0.1], 4),
        means: mean.reshape([1, 4, 1, 1]).add(tf.tensor([0, 1], [1, 1, 2, 1])),
        standardDeviations: deviation.reshape([1, 4, 1, 1]).mul(tf.tensor([1, 2], [1, 1, 2, 1])),
      }),
  };
  it.each(Object.keys(families))('%s: derivatives in mean and spread equal differences', (name) => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const loss = (mean: tf.Tensor, deviation: tf.Tensor): tf.Scalar => {
        const make = families[name] as (typeof families)[string];
        return tf.sum(tf.square(make(mean, deviation).sample(createRng(3)))).asScalar();
      };
      const mean = tf.tensor([0.1, -0.5, 0.8, 0.3], [1, 4, 1]);
      const deviation = tf.tensor([0.5, 0.3, 0.4, 0.8], [1, 4, 1]);
      const slopes = tf.grads(loss)([mean, deviation]);
      const h = 1e-2;
      const difference = (by: (x: number) => [tf.Tensor, tf.Tensor]) => {
        const at = (x: number) => loss(...by(x)).dataSync()[0] as number;
        return (at(h) - at(-h)) / (2 * h);
      };
      expect(slopes[0]?.sum().dataSync()[0]).toBeCloseTo(
        difference((x) => [mean.add(x), deviation]),
        2,
      );
      expect(slopes[1]?.sum().dataSync()[0]).toBeCloseTo(
        difference((x) => [mean, deviation.add(x)]),
        2,
      );
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('the log-probability has the right derivative, in target and parameters', () => {
    // d/dμ log N = (y − μ)/σ², d/dσ = ((y − μ)²/σ² − 1)/σ
    const slopes = tf.tidy(() =>
      tf
        .grads((y: tf.Tensor, mean: tf.Tensor, deviation: tf.Tensor) =>
          gaussian(mean, deviation).logProbability(y).asScalar(),
        )([2, 0.5, 2].map((value) => tf.tensor([value], [1, 1, 1])))
        .map((slope) => slope.dataSync()[0] as number),
    );
    expectValues(slopes, [-0.375, 0.375, (2.25 / 4 - 1) / 2]);
  });
});

describe('tanhGaussian', () => {
  it('its entropy is −∫ p log p', () => {
    const cells = 4000;
    const middles = Array.from({ length: cells }, (_, index) => -1 + (2 * (index + 0.5)) / cells);
    const make = (items: number) => tanhGaussian(repeated([0.4], items), repeated([0.8], items));
    const logs = valuesOf(() => make(cells).logProbability(tf.tensor(middles, [1, cells, 1])));
    const entropy = -logs.reduce((sum, log) => sum + (Math.exp(log) * log * 2) / cells, 0);
    expect(valuesOf(() => make(1).entropy())[0]).toBeCloseTo(entropy, 3);
  });
  it('log(1 − tanh² u) = 2 (log 2 − u − softplus(−2u)), finite for every u', () => {
    const points = [-20, -3, -0.5, 0, 0.1, 2, 20];
    const found = valuesOf(() => logTanhSlope(tf.tensor1d(points)));
    // 1 − tanh² u = 4 / (e^u + e^−u)²
    expectValues(
      found,
      points.map((u) => Math.log(4) - 2 * Math.log(Math.exp(u) + Math.exp(-u))),
    );
  });
  it('gives a sample with the log-probability that it would compute', () => {
    tf.tidy(() => {
      const distribution = tanhGaussian(repeated([0.4, -1], 50), repeated([0.8, 0.5], 50));
      const { sample, logProbability } = distribution.sampleWithLogProbability(createRng(1));
      expect(logProbability.shape).toEqual([1, 50]);
      expectValues([...logProbability.dataSync()], [...distribution.logProbability(sample).dataSync()], 2);
      expectValues([...sample.dataSync()], [...distribution.sample(createRng(1)).dataSync()]);
      expectValues(
        [...distribution.median().slice([0, 0], [1, 1]).dataSync()],
        [Math.tanh(0.4), Math.tanh(-1)],
      );
    });
  });
  it('targets at ±1 have finite log-probability', () => {
    const found = valuesOf(() =>
      tanhGaussian(repeated([0], 2), repeated([1], 2)).logProbability(tf.tensor([1, -1], [1, 2, 1])),
    );
    expect(found.every(Number.isFinite)).toBe(true);
  });
});

describe('entropies of continuous families', () => {
  it('gaussian: ½ log 2πeσ² per number', () => {
    const entropy = valuesOf(() =>
      (gaussian(repeated([0, 1], 1), repeated([1, 3], 1)).entropy as () => tf.Tensor)(),
    );
    expectValues(entropy, [Math.log(2 * Math.PI * Math.E) + Math.log(3)]);
  });
  it('absent where there is no closed form', () => {
    tf.tidy(() => {
      expect(mixtureOf(1).entropy).toBeUndefined();
    });
  });
});
