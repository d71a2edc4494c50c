import { createRng } from '@tasklearn/core';
import { gradients } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { divergencePerTask, gaussianDivergence, sampleGaussianTree } from './gaussian-trees.js';

const number = (x: tf.Tensor) => x.dataSync()[0] as number;

describe('Gaussians over trees', () => {
  it('have the divergence of the closed form', () => {
    // KL(N(1, 4) ‖ N(0, 1)) = ½ (4 + 1 − 1) − log 2.
    const found = gaussianDivergence(tf.scalar(1), tf.scalar(Math.log(2)), tf.scalar(0), tf.scalar(0));
    expect(number(found)).toBeCloseTo(2 - Math.log(2), 5);
  });

  it('sum it over all numbers of a task; it is 0 between equals, and so is its derivative', () => {
    const rng = createRng(1);
    const tree = {
      mean: { w: rng.normal([2, 3]), b: rng.normal([2]) },
      logDeviation: { w: rng.normal([2, 3]), b: rng.normal([2]) },
    };
    expect([...divergencePerTask(tree, tree).dataSync()].map((value) => Math.abs(value) < 1e-5)).toEqual([
      true,
      true,
    ]);
    const slope = gradients((at) => tf.sum(divergencePerTask(at, tree)).asScalar(), tree);
    for (const leaf of [slope.mean.w, slope.mean.b, slope.logDeviation.w, slope.logDeviation.b])
      expect(number(tf.max(tf.abs(leaf)))).toBeLessThan(1e-5);
    const moved = { ...tree, mean: { w: tree.mean.w.add(1), b: tree.mean.b } };
    const expected = tf.sum(tf.exp(tree.logDeviation.w.mul(-2)).mul(0.5), 1);
    expect(number(tf.max(tf.abs(divergencePerTask(moved, tree).sub(expected)).div(expected)))).toBeLessThan(
      1e-4,
    );
  });

  it('are sampled with their mean and spread, each leaf by itself', () => {
    const shape = [5000];
    const tree = {
      mean: { a: tf.fill(shape, 3), b: tf.zeros(shape) },
      logDeviation: { a: tf.fill(shape, Math.log(2)), b: tf.zeros(shape) },
    };
    const { a, b } = sampleGaussianTree(tree, createRng(2));
    expect(Math.abs(number(tf.mean(a)) - 3)).toBeLessThan(0.15);
    expect(Math.abs(number(tf.moments(a).variance) - 4)).toBeLessThan(0.4);
    expect(Math.abs(number(tf.mean(a.sub(3).mul(b))))).toBeLessThan(0.15); // Independent.
  });
});
