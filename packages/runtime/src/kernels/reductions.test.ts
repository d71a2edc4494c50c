import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { booleans, expectSameAsEager, integers, normal } from '../__fixtures__/same-as-eager.js';

type One = { x: tf.Tensor };

const cases: readonly (readonly [number[], number | number[] | undefined])[] = [
  [[], undefined],
  [[5], 0],
  [[2, 3], undefined],
  [[2, 3], [0]],
  [[2, 3], -1],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [
    [2, 3, 4],
    [-1, 1],
  ],
  [[2, 1, 4], 1],
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('reductions', () => {
  it.each(cases)('of shape %j over %j are the same recorded', async (shape, axis) => {
    for (const keepDims of [false, true]) {
      const fn = ({ x }: One) => ({
        sum: tf.sum(x, axis, keepDims),
        mean: tf.mean(x, axis, keepDims),
        max: tf.max(x, axis, keepDims),
        min: tf.min(x, axis, keepDims),
        prod: tf.prod(x, axis, keepDims),
        logSumExp: tf.logSumExp(x, axis, keepDims),
        norm: tf.norm(x, 'euclidean', axis, keepDims),
        moments: tf.moments(x, axis, keepDims),
      });
      await expectSameAsEager(fn, { x: normal(shape) }, { simplify: keepDims });
    }
  });

  it('of integers and booleans are the same recorded', async () => {
    const fn = ({ x }: One) => ({
      sum: tf.sum(x, 1),
      max: tf.max(x, 0),
      min: tf.min(x),
      prod: tf.prod(x, 1),
    });
    await expectSameAsEager(fn, { x: integers([3, 4], -3, 5) });
    const truth = ({ x }: One) => ({
      sum: tf.sum(x, 1),
      all: tf.all(x, 1),
      any: tf.any(x, 0, true),
      everything: tf.all(x),
    });
    await expectSameAsEager(truth, { x: booleans([3, 2]) });
  });

  it('of nothing are the same recorded', () =>
    expectSameAsEager(({ x }: One) => ({ sum: tf.sum(x, 0), prod: tf.prod(x, 0) }), { x: normal([0, 3]) }));

  it('find the same positions', async () => {
    const fn = ({ x }: One) => ({ a: tf.argMax(x, 0), b: tf.argMin(x, -1), c: tf.argMax(x, 1) });
    await expectSameAsEager(fn, { x: normal([3, 4]) });
    await expectSameAsEager(fn, { x: integers([3, 4], 0, 2) });
  });

  it('accumulate alike', async () => {
    for (const exclusive of [false, true]) {
      for (const reverse of [false, true]) {
        const fn = ({ x }: One) => ({
          rows: tf.cumsum(x, 0, exclusive, reverse),
          columns: tf.cumsum(x, 1, exclusive, reverse),
          products: tf.cumprod(x, 1, exclusive, reverse),
        });
        await expectSameAsEager(fn, { x: normal([3, 5]) }, { simplify: reverse });
      }
    }
  });

  it('normalise alike', () =>
    expectSameAsEager(({ x }: One) => ({ a: tf.softmax(x), b: tf.logSoftmax(x), c: tf.logSoftmax(x, -1) }), {
      x: normal([2, 3, 4]),
    }));
});
