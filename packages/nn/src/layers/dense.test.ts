import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { dense } from './dense.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function expectClose(actual: tf.Tensor, expected: tf.Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual.dataSync(), expected.dataSync()];
  a.forEach((value, index) => {
    expect(value).toBeCloseTo(b[index] as number, 4);
  });
}

describe('dense', () => {
  it('computes x W + b by hand', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = tf.tensor3d([[[1, 2]], [[3, 4]]]); // [2, 1, 2]
      const weight = tf.tensor2d([
        [1, 0, -1],
        [2, 1, 0],
      ]);
      const y = dense(x, { weight, bias: tf.tensor1d([10, 20, 30]) });
      expectClose(y, tf.tensor3d([[[15, 22, 29]], [[21, 24, 27]]]));
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('tiled shared weights give the shared result', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([3, 5, 4], 0, 1, 'float32', 1);
      const weight = tf.randomNormal<tf.Rank.R2>([4, 2], 0, 1, 'float32', 2);
      const bias = tf.randomNormal<tf.Rank.R1>([2], 0, 1, 'float32', 3);
      const tiled = {
        weight: tf.tile(weight.expandDims(0), [3, 1, 1]),
        bias: tf.tile(bias.expandDims(0), [3, 1]),
      };
      const shared = dense(x, { weight, bias });
      expectClose(dense(x, tiled), shared);
      expectClose(dense(x, { weight: tiled.weight, bias }), shared);
      expectClose(dense(x, { weight, bias: tiled.bias }), shared);
    });
  });

  it('per-task weights equal a loop over tasks, with any batch axes', () => {
    tf.tidy(() => {
      const x = tf.randomNormal<tf.Rank.R4>([3, 2, 5, 4], 0, 1, 'float32', 1);
      const weight = tf.randomNormal<tf.Rank.R3>([3, 4, 2], 0, 1, 'float32', 2);
      const bias = tf.randomNormal<tf.Rank.R2>([3, 2], 0, 1, 'float32', 3);
      const each = tf
        .unstack(x)
        .map((xt, t) =>
          dense(xt, { weight: tf.unstack(weight)[t] as tf.Tensor, bias: tf.unstack(bias)[t] as tf.Tensor }),
        );
      expectClose(dense(x, { weight, bias }), tf.stack(each));
    });
  });

  it('the identity matrix changes nothing; a bias is optional', () => {
    tf.tidy(() => {
      const x = tf.randomNormal([1, 5, 4], 0, 1, 'float32', 4);
      const y = dense(x, { weight: tf.eye(4) });
      expectClose(y, x);
    });
  });

  it.each([
    [
      [2, 3, 4],
      [5, 2],
    ],
    [
      [2, 3, 4],
      [3, 4, 2],
    ],
    [
      [3, 4],
      [3, 4, 2],
    ],
    [[3, 4], [4]],
  ])('refuses x %o with weight %o', (x, weight) => {
    tf.tidy(() => {
      try {
        dense(tf.zeros(x), { weight: tf.zeros(weight) });
        expect.unreachable();
      } catch (error) {
        expect(TasklearnError.is(error, 'SHAPE_MISMATCH')).toBe(true);
      }
    });
  });
});
