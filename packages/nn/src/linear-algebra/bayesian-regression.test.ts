import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  conditionRegression,
  observeItem,
  predictRegression,
  type RegressionBelief,
  regressionFilter,
} from './bayesian-regression.js';

/** Two tasks with a random prior and eight items of three features. */
function problem() {
  const rng = createRng('regression');
  const root = rng.normal([2, 3, 3]);
  const precision = tf.matMul(root, root, false, true).add(tf.eye(3).mul(0.5));
  const features = rng.normal([2, 8, 3]);
  const targets = rng.normal([2, 8, 1]);
  const prior: RegressionBelief = { precision, projection: tf.matMul(precision, rng.normal([2, 3, 1])) };
  return { prior, features, targets };
}

const expectClose = (a: tf.Tensor, b: tf.Tensor, tolerance = 1e-4) =>
  expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThan(tolerance);
const item = (x: tf.Tensor, at: number) => tf.slice(x, [0, at, 0], [2, 1, x.shape[2] as number]);

describe('Bayesian linear regression', () => {
  it('fits on paper in one dimension', () => {
    // Λ0 = 1, w̄0 = 0, data (1, 2), (2, 2): Λ = 6, Q = 6, w̄ = 1; at f = 3: mean 3, scale 1 + 9 / 6.
    const prior = { precision: tf.ones([1, 1, 1]), projection: tf.zeros([1, 1, 1]) };
    const belief = conditionRegression(prior, tf.tensor3d([[[1], [2]]]), tf.tensor3d([[[2], [2]]]));
    const { mean, scale } = predictRegression(belief, tf.tensor3d([[[3]]]));
    expect(mean.dataSync()[0]).toBeCloseTo(3, 5);
    expect(scale.dataSync()[0]).toBeCloseTo(2.5, 5);
  });

  it('moves on paper by one item, and not at all by a feature of zeros', () => {
    // Λ⁻¹ = 1, w̄ = 0, then (2, 2): expects N(0, 5), Λ⁻¹ = 1/5, w̄ = 4/5.
    const filter = { covariance: tf.ones([1, 1, 1]), weights: tf.zeros([1, 1, 1]) };
    const next = observeItem(filter, tf.tensor3d([[[2]]]), tf.tensor3d([[[2]]]));
    expect(next.expected.scale.dataSync()[0]).toBeCloseTo(5, 5);
    expect(next.covariance.dataSync()[0]).toBeCloseTo(0.2, 6);
    expect(next.weights.dataSync()[0]).toBeCloseTo(0.8, 6);
    const same = observeItem(next, tf.zeros([1, 1, 1]), tf.tensor3d([[[9]]]));
    expect(same.covariance.dataSync()).toEqual(next.covariance.dataSync());
    expect(same.weights.dataSync()).toEqual(next.weights.dataSync());
  });

  it('keeps the covariance exactly symmetric and right over a long stream', () =>
    tf.tidy(() => {
      const rng = createRng('long stream');
      const features = rng.normal([2, 300, 3]);
      const targets = rng.normal([2, 300, 1]);
      const { prior } = problem();
      let filter = regressionFilter(prior);
      for (let at = 0; at < 300; at += 1) filter = observeItem(filter, item(features, at), item(targets, at));
      const transposed = tf.transpose(filter.covariance, [0, 2, 1]);
      const closed = regressionFilter(conditionRegression(prior, features, targets));
      expectClose(filter.covariance.sub(transposed), tf.zeros([2, 3, 3]), 1e-7);
      expectClose(filter.covariance, closed.covariance, 1e-5);
      expectClose(filter.weights, closed.weights, 1e-4);
    }));

  it('gives the same belief by batch, by recursion and in another order', () =>
    tf.tidy(() => {
      const { prior, features, targets } = problem();
      const batch = conditionRegression(prior, features, targets);
      const reversed = conditionRegression(prior, tf.reverse(features, 1), tf.reverse(targets, 1));
      expectClose(batch.precision, reversed.precision);
      let filter = regressionFilter(prior);
      for (let at = 0; at < 8; at += 1) filter = observeItem(filter, item(features, at), item(targets, at));
      const closed = regressionFilter(batch);
      expectClose(filter.covariance, closed.covariance);
      expectClose(filter.weights, closed.weights);
    }));

  it('agrees with the covariance form of Woodbury: m = μ + k (K + I)⁻¹ (y − Φw̄)', () =>
    tf.tidy(() => {
      const { prior, features, targets } = problem();
      const { covariance, weights } = regressionFilter(prior);
      const query = createRng('query').normal([2, 4, 3]);
      const gram = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(tf.matMul(a, covariance), b, false, true);
      const zero = { precision: gram(features, features).add(tf.eye(8)), projection: tf.zeros([2, 8, 1]) };
      const inverse = regressionFilter(zero).covariance;
      const gain = tf.matMul(gram(query, features), inverse);
      const mean = tf.matMul(query, weights).add(tf.matMul(gain, targets.sub(tf.matMul(features, weights))));
      const explained = tf.sum(gain.mul(gram(query, features)), 2, true);
      const scale = tf.sum(tf.matMul(query, covariance).mul(query), 2, true).sub(explained).add(1);
      const found = predictRegression(conditionRegression(prior, features, targets), query);
      expectClose(found.mean, mean);
      expectClose(found.scale, scale);
    }));

  it('predicts item by item with the likelihood of all at once', () =>
    tf.tidy(() => {
      const { prior, features, targets } = problem();
      let belief = prior;
      let sum: tf.Tensor = tf.zeros([2]);
      for (let at = 0; at < 8; at += 1) {
        const { mean, scale } = predictRegression(belief, item(features, at));
        const square = tf.square(item(targets, at).sub(mean)).div(scale);
        sum = sum.sub(
          square
            .add(tf.log(scale))
            .add(Math.log(2 * Math.PI))
            .mul(0.5)
            .reshape([2]),
        );
        belief = conditionRegression(belief, item(features, at), item(targets, at));
      }
      // log N(y; Φw̄, ΦΛ⁻¹Φᵀ + I) in double precision.
      const { covariance, weights } = regressionFilter(prior);
      const spread = tf.matMul(tf.matMul(features, covariance), features, false, true).add(tf.eye(8));
      const errors = targets.sub(tf.matMul(features, weights));
      for (const task of [0, 1]) {
        const matrix = (spread.arraySync() as number[][][])[task] as number[][];
        const error = ((errors.arraySync() as number[][][])[task] as number[][]).map(([e]) => e as number);
        expect(sum.dataSync()[task]).toBeCloseTo(logNormal(matrix, error), 3);
      }
    }));

  it('does not count masked items', () => {
    const { prior, features, targets } = problem();
    const mask = tf.tensor2d([
      [1, 1, 0, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 0, 0, 0, 0],
    ]);
    const two = (x: tf.Tensor) => tf.slice(x, [0, 0, 0], [2, 2, x.shape[2] as number]);
    expectClose(
      conditionRegression(prior, features, targets, mask).precision,
      conditionRegression(prior, two(features), two(targets)).precision,
    );
  });
});

/** log N(e; 0, S) by Gaussian elimination. */
function logNormal(matrix: number[][], error: number[]): number {
  const rows = matrix.map((row, at) => [...row, error[at] as number]);
  const size = rows.length;
  let logDeterminant = 0;
  for (let pivot = 0; pivot < size; pivot += 1) {
    const own = rows[pivot] as number[];
    logDeterminant += Math.log(own[pivot] as number);
    for (let row = pivot + 1; row < size; row += 1) {
      const other = rows[row] as number[];
      const factor = (other[pivot] as number) / (own[pivot] as number);
      for (let k = pivot; k <= size; k += 1) other[k] = (other[k] as number) - factor * (own[k] as number);
    }
  }
  // Eliminated symmetric rows: eᵀ S⁻¹ e = Σ (reduced e)² / pivot.
  const square = rows.reduce((sum, row, at) => sum + (row[size] as number) ** 2 / (row[at] as number), 0);
  return -0.5 * (square + logDeterminant + size * Math.log(2 * Math.PI));
}
