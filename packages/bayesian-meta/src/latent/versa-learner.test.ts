import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { logitMoments } from './versa-learner.js';

describe('logitMoments', () => {
  it('are those of logits with sampled weights', () => {
    const posterior = {
      weightMean: tf.tensor3d([[[1, -1]]]),
      weightVariance: tf.tensor3d([[[0.25, 1]]]),
      biasMean: tf.tensor2d([[0.5]]),
      biasVariance: tf.tensor2d([[0.04]]),
    };
    const { mean, variance } = logitMoments(tf.tensor3d([[[2, 3]]]), posterior);
    // 2 − 3 + 0.5, and 4 · 0.25 + 9 · 1 + 0.04.
    expect(mean.dataSync()[0]).toBeCloseTo(-0.5, 5);
    expect(variance.dataSync()[0]).toBeCloseTo(10.04, 4);
    const rng = createRng('weights');
    const [w1, w2, b] = [rng.normal([4000]).mul(0.5).add(1), rng.normal([4000]).sub(1), rng.normal([4000])];
    const drawn = tf.moments(w1.mul(2).add(w2.mul(3)).add(b.mul(0.2).add(0.5)));
    expect(Math.abs((drawn.mean.dataSync()[0] as number) + 0.5)).toBeLessThan(0.2); // Four standard errors.
    expect(Math.abs((drawn.variance.dataSync()[0] as number) - 10.04)).toBeLessThan(0.9);
  });

  it('with w = 2c, b = −‖c‖² and no variance are those of a prototypical network, but for a constant', () => {
    const rng = createRng('prototypes');
    const [features, centres] = [rng.normal([2, 4, 3]), rng.normal([2, 5, 3])];
    const { mean } = logitMoments(features, {
      weightMean: centres.mul(2),
      weightVariance: tf.zeros([2, 5, 3]),
      biasMean: tf.neg(tf.sum(tf.square(centres), 2)),
      biasVariance: tf.zeros([2, 5]),
    });
    const distances = tf.sum(tf.square(features.expandDims(2).sub(centres.expandDims(1))), 3); // [T, B, N]
    const difference = tf.softmax(mean).sub(tf.softmax(tf.neg(distances)));
    expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-5);
  });
});
