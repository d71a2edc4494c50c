import { createRng, type EpisodeSpec, type PredictiveDistribution, TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossOf } from '../losses/loss-of.js';
import { outputSizeOf } from '../losses/output-size-of.js';
import { autoregressive } from './autoregressive.js';
import { bernoulliDistribution } from './bernoulli-distribution.js';
import { categorical } from './categorical.js';
import { delta } from './delta.js';
import { gaussian } from './gaussian.js';
import { gaussianMixture } from './gaussian-mixture.js';
import { mixtureOfSamples } from './mixture-of-samples.js';
import { predictiveOf } from './predictive-of.js';
import { logTanhSlope, tanhGaussian } from './tanh-gaussian.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function run(fn: () => tf.Tensor): number[] {
  const before = tf.memory().numTensors;
  const values = tf.tidy(() => [...fn().dataSync()]);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

function expectValues(actual: readonly number[], expected: readonly number[], digits = 4): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] as number, digits);
  });
}

/** A row of numbers repeated for B items of one task: [1, B, ...shape]. */
function repeated(
  values: readonly number[],
  items: number,
  shape: readonly number[] = [values.length],
): tf.Tensor {
  return tf.tile(tf.tensor(values as number[], [1, 1, ...shape]), [1, items, ...shape.map(() => 1)]);
}

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
    const density = run(() => tf.exp(make(cells).logProbability(tf.tensor(middles, [1, cells, 1]))));
    const integral = (f: (y: number) => number) =>
      density.reduce((sum, p, index) => sum + p * f(middles[index] as number) * width, 0);
    const mean = integral((y) => y);
    expect(integral(() => 1)).toBeCloseTo(1, 3);
    expect(run(() => make(1).mean())[0]).toBeCloseTo(mean, 3);
    const variance = integral((y) => (y - mean) ** 2);
    expect(run(() => (make(1).variance as () => tf.Tensor)())[0]).toBeCloseTo(variance, 3);
  });

  it('its samples have that mean and variance, and the seed fixes them', () => {
    const items = 20000;
    const draw = (seed: number) => run(() => make(items).sample(createRng(seed)));
    const samples = draw(7);
    const [mean] = run(() => make(1).mean()) as [number];
    const [variance] = run(() => (make(1).variance as () => tf.Tensor)()) as [number];
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
  it('log(1 − tanh² u) = 2 (log 2 − u − softplus(−2u)), finite for every u', () => {
    const points = [-20, -3, -0.5, 0, 0.1, 2, 20];
    const found = run(() => logTanhSlope(tf.tensor1d(points)));
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
    const found = run(() =>
      tanhGaussian(repeated([0], 2), repeated([1], 2)).logProbability(tf.tensor([1, -1], [1, 2, 1])),
    );
    expect(found.every(Number.isFinite)).toBe(true);
  });
});

describe('categorical', () => {
  const make = (items = 1) => categorical(repeated([Math.log(1), Math.log(2), Math.log(5)], items));
  it('probabilities, log-probabilities and entropy by hand', () => {
    expectValues(
      run(() => make().mean()),
      [1 / 8, 2 / 8, 5 / 8],
    );
    const labels = () => tf.tensor2d([[0, 1, 2]], [1, 3], 'int32');
    expectValues(
      run(() => tf.exp(make(3).logProbability(labels()))),
      [1 / 8, 2 / 8, 5 / 8],
    );
    const entropy = -[1 / 8, 2 / 8, 5 / 8].reduce((sum, p) => sum + p * Math.log(p), 0);
    expectValues(
      run(() => (make().entropy as () => tf.Tensor)()),
      [entropy],
    );
  });
  it('samples as often as it says', () => {
    const samples = run(() => make(8000).sample(createRng(1)));
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
    const mass = run(() => tf.exp(make(4).logProbability(outcomes())));
    expect(mass.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(mass[3]).toBeCloseTo(p[0] * p[1], 5);
    expectValues(
      run(() => make().mean()),
      p,
    );
    expectValues(
      run(() => (make().variance as () => tf.Tensor)()),
      p.map((q) => q * (1 - q)),
    );
    const entropy = -p.reduce((sum, q) => sum + q * Math.log(q) + (1 - q) * Math.log(1 - q), 0);
    expectValues(
      run(() => (make().entropy as () => tf.Tensor)()),
      [entropy],
    );
  });
  it('samples as often as it says', () => {
    const samples = run(() => make(5000).sample(createRng(2)));
    const share =
      samples.filter((_value, index) => index % 2 === 0).reduce((sum, value) => sum + value, 0) / 5000;
    expect(Math.abs(share - p[0])).toBeLessThan(0.03);
    expect(new Set(samples)).toEqual(new Set([0, 1]));
  });
});

describe('entropies of continuous families', () => {
  it('gaussian: ½ log 2πeσ² per number', () => {
    const entropy = run(() =>
      (gaussian(repeated([0, 1], 1), repeated([1, 3], 1)).entropy as () => tf.Tensor)(),
    );
    expectValues(entropy, [Math.log(2 * Math.PI * Math.E) + Math.log(3)]);
  });
  it('absent where there is no closed form', () => {
    tf.tidy(() => {
      expect(mixtureOf(1).entropy).toBeUndefined();
      expect(tanhGaussian(tf.zeros([1, 1, 1]), tf.ones([1, 1, 1])).entropy).toBeUndefined();
    });
  });
});

describe('delta', () => {
  it('log 1 at the value, log 0 elsewhere', () => {
    const make = () => delta(tf.tensor([1, 2, 1, 2, 1, 2], [1, 3, 2]));
    const found = run(() => make().logProbability(tf.tensor([1, 2, 1, 3, 0, 0], [1, 3, 2])));
    expect(found).toEqual([0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(run(() => make().sample(createRng(0)))).toEqual([1, 2, 1, 2, 1, 2]);
    expect(run(() => (make().entropy as () => tf.Tensor)())).toEqual([0, 0, 0]);
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
      run(() => linear(1).mean()),
      [1, 2],
    );
    const density = (z: number, s: number) => -0.5 * (z / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI);
    const found = run(() => linear(1).logProbability(tf.tensor([0.5, 2], [1, 1, 2])));
    expectValues(found, [density(-0.5, 1) + density(1, 0.5)]);
    const samples = run(() => linear(4000).sample(createRng(1)));
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
    const mass = run(() => tf.exp(make(8).logProbability(tf.tensor(sequences, [1, 8, 3], 'int32'))));
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

describe('mixtureOfSamples', () => {
  const sure = (label: number) => categorical(repeated(label === 0 ? [20, -20] : [-20, 20], 1));
  it('samples that contradict each other: all uncertainty is epistemic', () => {
    const made = () => mixtureOfSamples([sure(0), sure(1)]);
    expectValues(
      run(() => made().mean()),
      [0.5, 0.5],
    );
    expectValues(
      run(() => made().mutualInformation?.() as tf.Tensor),
      [Math.LN2],
    );
    expectValues(
      run(() => made().aleatoricEntropy?.() as tf.Tensor),
      [0],
    );
  });
  it('samples that agree: all uncertainty is label noise', () => {
    const made = () => mixtureOfSamples([0, 1, 2].map(() => categorical(repeated([0, 0], 1))));
    expectValues(
      run(() => made().mutualInformation?.() as tf.Tensor),
      [0],
    );
    expectValues(
      run(() => made().entropy?.() as tf.Tensor),
      [Math.LN2],
    );
    const labels = () => tf.tensor2d([[1]], [1, 1], 'int32');
    expectValues(
      run(() => made().logProbability(labels())),
      [-Math.LN2],
    );
  });
  it('of Gaussians: variance = mean variance + variance of means', () => {
    const made = () =>
      mixtureOfSamples([gaussian(tf.tensor3d([[[1]]]), 1), gaussian(tf.tensor3d([[[5]]]), 3)]);
    expectValues(
      run(() => made().epistemicVariance?.() as tf.Tensor),
      [4],
    );
    expectValues(
      run(() => made().variance?.() as tf.Tensor),
      [9],
    );
    tf.tidy(() => {
      expect(made().entropy).toBeUndefined();
    });
  });
  it('draws classes as integers, of each sample equally often', () => {
    const samples = run(() =>
      mixtureOfSamples([
        categorical(repeated([20, -20], 2000)),
        categorical(repeated([-20, 20], 2000)),
      ]).sample(createRng(4)),
    );
    const ones = samples.filter((value) => value === 1).length;
    expect(Math.abs(ones / 2000 - 0.5)).toBeLessThan(0.05);
  });
  it('refuses none, or several families', () => {
    tf.tidy(() => {
      for (const components of [[], [sure(0), gaussian(tf.zeros([1, 1, 1]), 1)]]) {
        try {
          mixtureOfSamples(components);
          expect.unreachable();
        } catch (error) {
          expect(TasklearnError.is(error, 'SHAPE_MISMATCH')).toBe(true);
        }
      }
    });
  });
});

describe('predictiveOf', () => {
  const classes = { kind: 'classification', classes: 3 } as const;
  const numbers = { kind: 'regression', shape: [2, 2] } as const;
  const scalar = { kind: 'regression', shape: [] } as const;
  const specs: readonly [Pick<EpisodeSpec, 'target' | 'loss'>, string, number][] = [
    [{ target: classes, loss: 'crossEntropy' }, 'categorical', 0],
    [{ target: { kind: 'classification', classes: 2 }, loss: 'bernoulli' }, 'categorical', 0],
    [{ target: numbers, loss: 'bernoulli' }, 'bernoulli', 0],
    [{ target: numbers, loss: 'gaussian' }, 'gaussian', 0],
    [{ target: scalar, loss: 'gaussian' }, 'gaussian', 0],
    [{ target: numbers, loss: 'meanSquaredError' }, 'gaussian', 4],
    [{ target: scalar, loss: 'meanSquaredError' }, 'gaussian', 1],
  ];
  it.each(specs)('%o: mean negative log-likelihood is the loss', (spec, family, squares) => {
    tf.tidy(() => {
      const outputs = tf.randomNormal([2, 5, outputSizeOf(spec)], 0, 1, 'float32', 1);
      const shape = spec.target.kind === 'regression' ? spec.target.shape : [];
      const targets =
        spec.target.kind === 'classification' || spec.loss === 'bernoulli'
          ? tf.randomUniform([2, 5, ...shape], 0, 2, 'int32', 2)
          : tf.randomNormal([2, 5, ...shape], 0, 1, 'float32', 3);
      const predictive = predictiveOf(spec, outputs);
      expect(predictive.family).toBe(family);
      const found = [...tf.neg(tf.mean(predictive.logProbability(targets), 1)).dataSync()];
      // For squared errors: D/2 · (MSE + log 2π)
      const loss = [...lossOf(spec)(outputs, targets).dataSync()];
      const expected =
        squares === 0 ? loss : loss.map((value) => (squares / 2) * (value + Math.log(2 * Math.PI)));
      expectValues(found, expected, 3);
      const meanShape =
        spec.target.kind === 'classification' ? [2, 5, spec.target.classes] : [2, 5, ...shape];
      expect(predictive.mean().shape).toEqual(meanShape);
    });
  });
  it('a loss of its own: by the kind of target', () => {
    tf.tidy(() => {
      const loss = (outputs: tf.Tensor) => outputs;
      expect(predictiveOf({ target: classes, loss }, tf.zeros([1, 1, 3])).family).toBe('categorical');
      expect(predictiveOf({ target: scalar, loss }, tf.zeros([1, 1, 1])).family).toBe('gaussian');
    });
  });
  it('refuses outputs of another size', () => {
    tf.tidy(() => {
      try {
        predictiveOf({ target: classes, loss: 'crossEntropy' }, tf.zeros([1, 1, 4]));
        expect.unreachable();
      } catch (error) {
        expect(TasklearnError.is(error, 'SHAPE_MISMATCH')).toBe(true);
      }
    });
  });
});
