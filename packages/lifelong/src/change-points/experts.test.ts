import { createRng } from '@tasklearn/core';
import { conditionRegression, predictRegression } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type ClassParameters, type ClassStatistics, classExpert } from './class-expert.js';
import type { Expert, ExpertParameters, Statistics } from './expert.js';
import { type RegressionParameters, regressionExpert } from './regression-expert.js';
import { grownStatistics } from './statistics.js';

const values = (tensor: Tensor) => Array.from(tensor.dataSync());
const expectClose = (found: Tensor, exact: Tensor, tolerance = 1e-4) =>
  expect(tf.max(tf.abs(found.sub(exact))).dataSync()[0]).toBeLessThan(tolerance);

/** Shows items [B, T, ...] one by one from the prior, or with a run begun at every one of them. */
function shown(
  expert: Expert,
  parameters: ExpertParameters,
  features: Tensor,
  targets: Tensor,
  grow = false,
) {
  const [streams, length, size] = features.shape as [number, number, number];
  const prior = expert.prior(parameters, streams);
  let statistics: Statistics = prior;
  const logs: Tensor[] = [];
  for (let t = 0; t < length; t += 1) {
    const z = tf.slice(features, [0, t, 0], [streams, 1, size]).reshape([streams, size]);
    const y = tf.gather(targets, t, 1);
    const judged = expert.observe(parameters, statistics, z, y);
    logs.push(judged.logTargets);
    statistics = grow ? grownStatistics(prior, judged.statistics) : judged.statistics;
  }
  return { statistics, logs };
}

describe('regressionExpert', () => {
  const expert = regressionExpert(2, { spread: 1, noise: 0.5 });
  const setting = () => {
    const rng = createRng('regression expert');
    const first = expert.init(3, rng) as RegressionParameters;
    const parameters = { ...first, weights: rng.normal([3, 2]), root: rng.normal([3, 3]) };
    return { parameters, features: rng.normal([2, 6, 3]), targets: rng.normal([2, 6, 2]), rng };
  };
  const priorBelief = ({ weights, root }: RegressionParameters) => {
    const covariance = tf.matMul(root, root, false, true).add(tf.eye(3).mul(1e-6));
    const inverse = inverted(covariance.arraySync() as number[][]);
    const precision = tf.tile(tf.tensor2d(inverse).expandDims(0), [2, 1, 1]);
    return { precision, projection: tf.matMul(precision, tf.tile(weights.expandDims(0), [2, 1, 1])) };
  };

  it('has after items one by one the posterior of all at once, in whatever order', () =>
    tf.tidy(() => {
      const { parameters, features, targets, rng } = setting();
      const batch = conditionRegression(priorBelief(parameters), features, targets);
      const query = rng.normal([2, 1, 3]);
      const exact = predictRegression(batch, query);
      for (const turned of [false, true]) {
        const [z, y] = turned ? [tf.reverse(features, 1), tf.reverse(targets, 1)] : [features, targets];
        const { statistics } = shown(expert, parameters, z, y);
        const found = expert.expect(parameters, statistics, query.reshape([2, 3]));
        expectClose(found.means, exact.mean, 2e-3);
        const variance = exact.scale.mul(0.25).add(tf.zeros([2, 1, 2]));
        expectClose(tf.square(found.deviations as Tensor), variance, 2e-3);
      }
    }));

  it('gives each target the density of its predictive', () =>
    tf.tidy(() => {
      const { parameters, features, targets } = setting();
      const { statistics } = shown(expert, parameters, features, targets);
      const z = tf.ones([2, 3]);
      const y = tf.tensor2d([
        [0.3, -1],
        [2, 0],
      ]);
      const { means, deviations } = expert.expect(parameters, statistics, z);
      const { logTargets } = expert.observe(parameters, statistics, z, y);
      const [m, s] = [values(means), values(deviations as Tensor)];
      for (const stream of [0, 1]) {
        const log = [0, 1].reduce((sum, axis) => {
          const at = 2 * stream + axis;
          const error = ((values(y)[at] as number) - (m[at] as number)) / (s[at] as number);
          return sum - 0.5 * (error ** 2 + Math.log(2 * Math.PI)) - Math.log(s[at] as number);
        }, 0);
        expect(values(logTargets)[stream]).toBeCloseTo(log, 3);
      }
    }));

  it('keeps for every run length the posterior of just so many items', () =>
    tf.tidy(() => {
      const { parameters, features, targets, rng } = setting();
      const { statistics } = shown(expert, parameters, features, targets, true);
      const query = rng.normal([2, 3]);
      const { means } = expert.expect(parameters, statistics, query); // [2, 7, 2]
      for (const run of [0, 1, 4, 6]) {
        const part = (x: Tensor) => tf.slice(x, [0, 6 - run, 0], [2, run, x.shape[2] as number]);
        const alone = shown(expert, parameters, part(features), part(targets)).statistics;
        const exact = expert.expect(parameters, alone, query).means;
        expectClose(tf.slice(means, [0, run, 0], [2, 1, 2]), exact, 1e-4);
      }
    }));

  it('learns nothing from an item that is not there', () =>
    tf.tidy(() => {
      const { parameters } = setting();
      const prior = expert.prior(parameters, 2);
      const { statistics } = expert.observe(
        parameters,
        prior,
        tf.ones([2, 3]),
        tf.ones([2, 2]),
        tf.tensor1d([0, 1]),
      );
      const moved = tf.abs((statistics.weights as Tensor).sub(prior.weights as Tensor)).sum([1, 2, 3]);
      expect(values(moved)[0]).toBe(0);
      expect(values(moved)[1]).toBeGreaterThan(0.01);
    }));
});

describe('classExpert', () => {
  const expert = classExpert(3, { spread: 2, noise: 0.5 });
  const labels = (of: readonly number[]) => tf.tensor2d([of as number[]], [1, of.length], 'int32');

  it('is the integral over the mean of the class, by quadrature in one dimension', () =>
    tf.tidy(() => {
      const parameters: ClassParameters = {
        means: tf.tensor2d([[0.5], [-1], [3]]),
        logPrecision: tf.tensor2d([[Math.log(0.25)], [0], [0.3]]),
        logCounts: tf.tensor1d([0, Math.log(2), 0.5]),
        logDeviation: tf.tensor1d([Math.log(0.7)]),
      };
      const given = [1.2, 0.4, -0.3, 2.5];
      const classes = [0, 0, 1, 2];
      const { statistics } = shown(expert, parameters, tf.tensor3d([given.map((z) => [z])]), labels(classes));
      const query = 0.8;
      const logs = expert.expect(parameters, statistics, tf.tensor2d([[query]]));
      const normal = (x: number, mean: number, variance: number) =>
        Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
      const first = { mean: [0.5, -1, 3], precision: [0.25, 1, Math.exp(0.3)] };
      const counts = [1, 2, Math.exp(0.5)];
      const joint = [0, 1, 2].map((label) => {
        let [evidence, both] = [0, 0];
        for (let m = -12; m <= 12; m += 0.002) {
          let density = normal(m, first.mean[label] as number, 1 / (first.precision[label] as number));
          for (const [place, z] of given.entries())
            if (classes[place] === label) density *= normal(z, m, 0.49);
          evidence += density;
          both += density * normal(query, m, 0.49);
        }
        const seen = classes.filter((own) => own === label).length;
        const all = counts.reduce((sum, count) => sum + count, 4);
        return (both / evidence) * (((counts[label] as number) + seen) / all);
      });
      const input = joint.reduce((sum, value) => sum + value, 0);
      expect(values(logs.logInputs as Tensor)[0]).toBeCloseTo(Math.log(input), 4);
      for (const [label, probability] of values(logs.means).entries())
        expect(probability).toBeCloseTo((joint[label] as number) / input, 4);
    }));

  it('is a prototypical network with a temperature where the prior says nothing and counts are equal', () =>
    tf.tidy(() => {
      const rng = createRng('prototypes');
      const parameters: ClassParameters = {
        means: tf.zeros([3, 2]),
        logPrecision: tf.fill([3, 2], -18),
        logCounts: tf.zeros([3]),
        logDeviation: tf.fill([2], Math.log(0.8)),
      };
      const features = rng.normal([1, 6, 2]);
      const { statistics } = shown(expert, parameters, features, labels([0, 1, 2, 2, 1, 0]));
      const query = rng.normal([1, 2]);
      const found = expert.expect(parameters, statistics, query).means;
      const rows = features.arraySync() as number[][][];
      const [x, y] = values(query) as [number, number];
      const logits = [
        [0, 5],
        [1, 4],
        [2, 3],
      ].map((own) => {
        const centre = [0, 1].map((axis) =>
          own.reduce((sum, at) => sum + (rows[0]?.[at]?.[axis] as number) / 2, 0),
        );
        const square = (x - (centre[0] as number)) ** 2 + (y - (centre[1] as number)) ** 2;
        return -square / (2 * 0.64 * (1 + 1 / 2));
      });
      expectClose(found.reshape([3]), tf.softmax(tf.tensor1d(logits)), 1e-3);
    }));

  it('forgets order, counts what is there alone, and judges as it expects', () =>
    tf.tidy(() => {
      const rng = createRng('class expert');
      const parameters = expert.init(4, rng);
      const features = rng.normal([1, 5, 4]);
      const one = shown(expert, parameters, features, labels([0, 2, 2, 1, 0])).statistics as ClassStatistics;
      const turned = shown(expert, parameters, tf.reverse(features, 1), labels([0, 1, 2, 2, 0]));
      expectClose(one.projection, (turned.statistics as ClassStatistics).projection);
      expect(values(one.counts)).toEqual([2, 1, 2]);
      const z = rng.normal([1, 4]);
      const masked = expert.observe(parameters, one, z, tf.tensor1d([1], 'int32'), tf.tensor1d([0]));
      expectClose((masked.statistics as ClassStatistics).projection, one.projection, 1e-9);
      const expected = expert.expect(parameters, one, z);
      expectClose(masked.logTargets, tf.log(tf.slice(expected.means, [0, 0, 1], [1, 1, 1])).reshape([1, 1]));
      expectClose(masked.logInputs as Tensor, expected.logInputs as Tensor, 1e-6);
    }));
});

/** A⁻¹ in double precision by Gauss and Jordan. */
function inverted(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, at) => [...row, ...Array.from({ length: size }, (_, k) => Number(k === at))]);
  for (let pivot = 0; pivot < size; pivot += 1) {
    const own = rows[pivot] as number[];
    const scale = own[pivot] as number;
    for (const k of own.keys()) own[k] = (own[k] as number) / scale;
    for (const row of rows) {
      if (row === own) continue;
      const factor = row[pivot] as number;
      for (const k of row.keys()) row[k] = (row[k] as number) - factor * (own[k] as number);
    }
  }
  return rows.map((row) => row.slice(size));
}
