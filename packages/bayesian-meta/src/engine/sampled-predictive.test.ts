import { createRng } from '@tasklearn/core';
import { categorical, gaussian } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { sampledPredictive } from './sampled-predictive.js';

const number = (x: tf.Tensor | undefined, at = 0) => (x as tf.Tensor).dataSync()[at] as number;

describe('sampledPredictive', () => {
  // One task, two samples that are sure of opposite labels for two items.
  const opposite = categorical(
    tf.tensor3d([
      [
        [9, 0],
        [9, 0],
      ],
      [
        [0, 9],
        [0, 9],
      ],
    ]),
  );

  it('knows which labels go together, which no prediction item by item can', () => {
    const mixture = sampledPredictive(opposite, 2);
    expect(number(mixture.mean())).toBeCloseTo(0.5, 5);
    const same = tf.tensor2d([[0, 0]], [1, 2], 'int32');
    expect(number(tf.sum(mixture.logProbability(same)))).toBeCloseTo(2 * Math.log(0.5), 3);
    expect(number(mixture.jointLogProbability(same))).toBeCloseTo(Math.log(0.5), 3);
    expect(number(mixture.jointLogProbability(tf.tensor2d([[0, 1]], [1, 2], 'int32')))).toBeLessThan(-8);
    expect(number(mixture.jointLogProbability(same, tf.zeros([1, 2])))).toBeCloseTo(0, 5);
  });

  it('splits entropy: what the samples disagree on and what they are unsure of', () => {
    const mixture = sampledPredictive(opposite, 2);
    const parts = number(mixture.aleatoricEntropy?.()) + number(mixture.mutualInformation?.());
    expect(number(mixture.entropy?.())).toBeCloseTo(parts, 5);
    expect(number(mixture.entropy?.())).toBeCloseTo(Math.log(2), 3);
    expect(number(mixture.aleatoricEntropy?.())).toBeLessThan(0.01);
    const one = sampledPredictive(categorical(tf.tensor3d([[[1, 0]]])), 1);
    expect(number(one.mutualInformation?.())).toBeCloseTo(0, 5);
  });

  it('has a loss no larger than the mean of its samples', () => {
    const mean = createRng(1).normal([6, 4, 1]);
    const targets = createRng(2).normal([2, 4, 1]);
    const mixture = sampledPredictive(gaussian(mean, 1), 3).logProbability(targets);
    const each = gaussian(mean, 1).logProbability(
      tf.tile(targets.expandDims(1), [1, 3, 1, 1]).reshape([6, 4, 1]),
    );
    const difference = mixture.sub(tf.mean(each.reshape([2, 3, 4]), 1));
    expect(tf.min(difference).dataSync()[0]).toBeGreaterThan(-1e-6);
  });

  it('has the variance of a mixture, and draws from it', async () => {
    // Means −2 and 2, σ = 1: variance 1 + 4.
    const mixture = sampledPredictive(
      gaussian(tf.tensor3d([[[-2]], [[2]]]).mul(tf.ones([2, 2000, 1])), 1),
      2,
    );
    expect(number(mixture.variance?.())).toBeCloseTo(5, 4);
    expect(number(mixture.epistemicVariance?.())).toBeCloseTo(4, 4);
    const draws = mixture.sample(createRng(3)); // [1, 2000, 1]
    const { mean, variance } = tf.moments(draws);
    expect(Math.abs(number(mean))).toBeLessThan(0.25);
    expect(Math.abs(number(variance) - 5)).toBeLessThan(0.5);
    expect(number(tf.mean(tf.less(tf.abs(draws), 0.5).cast('float32')))).toBeLessThan(0.15); // Nothing between.
  });

  it('keeps the type of labels', () => {
    const draws = sampledPredictive(opposite, 2).sample(createRng(4));
    expect([draws.dtype, draws.shape]).toEqual(['int32', [1, 2]]);
  });
});
