import { createRng, type EpisodeSpec, TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { repeated } from '../__fixtures__/repeated.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { lossOf } from '../losses/loss-of.js';
import { outputSizeOf } from '../losses/output-size-of.js';
import { categorical } from './categorical.js';
import { gaussian } from './gaussian.js';
import { mixtureOfSamples } from './mixture-of-samples.js';
import { predictiveOf } from './predictive-of.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('mixtureOfSamples', () => {
  const sure = (label: number) => categorical(repeated(label === 0 ? [20, -20] : [-20, 20], 1));
  it('samples that contradict each other: all uncertainty is epistemic', () => {
    const made = () => mixtureOfSamples([sure(0), sure(1)]);
    expectValues(
      valuesOf(() => made().mean()),
      [0.5, 0.5],
    );
    expectValues(
      valuesOf(() => made().mutualInformation?.() as tf.Tensor),
      [Math.LN2],
    );
    expectValues(
      valuesOf(() => made().aleatoricEntropy?.() as tf.Tensor),
      [0],
    );
  });
  it('samples that agree: all uncertainty is label noise', () => {
    const made = () => mixtureOfSamples([0, 1, 2].map(() => categorical(repeated([0, 0], 1))));
    expectValues(
      valuesOf(() => made().mutualInformation?.() as tf.Tensor),
      [0],
    );
    expectValues(
      valuesOf(() => made().entropy?.() as tf.Tensor),
      [Math.LN2],
    );
    const labels = () => tf.tensor2d([[1]], [1, 1], 'int32');
    expectValues(
      valuesOf(() => made().logProbability(labels())),
      [-Math.LN2],
    );
  });
  it('of Gaussians: variance = mean variance + variance of means', () => {
    const made = () =>
      mixtureOfSamples([gaussian(tf.tensor3d([[[1]]]), 1), gaussian(tf.tensor3d([[[5]]]), 3)]);
    expectValues(
      valuesOf(() => made().epistemicVariance?.() as tf.Tensor),
      [4],
    );
    expectValues(
      valuesOf(() => made().variance?.() as tf.Tensor),
      [9],
    );
    tf.tidy(() => {
      expect(made().entropy).toBeUndefined();
    });
  });
  it('draws classes as integers, of each sample equally often', () => {
    const samples = valuesOf(() =>
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
