import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { mlp } from './mlp.js';
import type { Parameters } from './model.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function disposeAll(parameters: Parameters): void {
  for (const layer of Object.values(parameters)) tf.dispose({ ...layer });
}

describe('mlp', () => {
  it('by hand', () => {
    tf.tidy(() => {
      const model = mlp({ inputShape: [2], hidden: [2], outputSize: 1 });
      const parameters = {
        layer1: {
          weight: tf.tensor2d([
            [1, -1],
            [1, -1],
          ]),
          bias: tf.tensor1d([0, 1]),
        },
        head: { weight: tf.tensor2d([[2], [3]]), bias: tf.tensor1d([5]) },
      };
      // relu([3, -2]) = [3, 0] -> 11; relu([-3, 4]) = [0, 4] -> 17
      const y = model.apply(
        parameters,
        tf.tensor3d([
          [
            [1, 2],
            [-1, -2],
          ],
        ]),
      );
      expect(y.shape).toEqual([1, 2, 1]);
      expect([...y.dataSync()]).toEqual([11, 17]);
    });
  });

  it('init: names, shapes, zero biases, seeded, no tensor left over', () => {
    const before = tf.memory().numTensors;
    const model = mlp({
      inputShape: [28, 28, 1],
      hidden: [40, 30],
      outputSize: 5,
      initializer: { name: 'truncatedNormal', standardDeviation: 0.01 },
    });
    const [a, b, c] = [1, 1, 2].map((seed) => model.init(createRng(seed))) as [
      Parameters,
      Parameters,
      Parameters,
    ];
    expect(Object.keys(a)).toEqual(['layer1', 'layer2', 'head']);
    expect(a.layer1?.weight?.shape).toEqual([784, 40]);
    expect(a.head?.weight?.shape).toEqual([30, 5]);
    expect(Math.max(...(a.layer1?.weight?.dataSync() ?? []))).toBeLessThanOrEqual(0.02);
    expect([...(a.layer2?.bias?.dataSync() ?? [])]).toEqual(Array(30).fill(0));
    expect(a.head?.weight?.dataSync()).toEqual(b.head?.weight?.dataSync());
    expect(a.head?.weight?.dataSync()).not.toEqual(c.head?.weight?.dataSync());
    for (const parameters of [a, b, c]) disposeAll(parameters);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('leaves with and without a task axis mix', () => {
    tf.tidy(() => {
      const model = mlp({ inputShape: [3], hidden: [4], outputSize: 2, activation: 'tanh' });
      const shared = model.init(createRng(0));
      const tile = (x: tf.Tensor) => tf.tile(x.expandDims(0), [6, ...Array<number>(x.rank).fill(1)]);
      const head = shared.head as { weight: tf.Tensor; bias: tf.Tensor };
      const mixed = { ...shared, head: { weight: tile(head.weight), bias: tile(head.bias) } };
      const x = tf.randomNormal([6, 5, 3], 0, 1, 'float32', 1);
      const difference = model.apply(shared, x).sub(model.apply(mixed, x)).abs().max().dataSync()[0];
      expect(difference).toBeLessThan(1e-6);
    });
  });

  it('learns a line by gradient descent', () => {
    const before = tf.memory().numTensors;
    const loss = tf.tidy(() => {
      const model = mlp({ inputShape: [1], hidden: [], outputSize: 1 });
      const x = tf.linspace(-1, 1, 11).reshape([1, 11, 1]);
      const y = x.mul(3).sub(1);
      let { weight, bias } = model.init(createRng(0)).head as { weight: tf.Tensor; bias: tf.Tensor };
      const lossAt = (w: tf.Tensor, b: tf.Tensor) =>
        meanSquaredError(model.apply({ head: { weight: w, bias: b } }, x), y).asScalar();
      for (let step = 0; step < 60; step++) {
        const [dw, db] = tf.grads(lossAt)([weight, bias]) as [tf.Tensor, tf.Tensor];
        weight = weight.sub(dw.mul(0.5));
        bias = bias.sub(db.mul(0.5));
      }
      return lossAt(weight, bias).dataSync()[0];
    });
    expect(loss).toBeLessThan(1e-6);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses wrong sizes, names and inputs', () => {
    expect(codeOf(() => mlp({ inputShape: [0], hidden: [], outputSize: 1 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => mlp({ inputShape: [1], hidden: [2.5], outputSize: 1 }))).toBe('INVALID_OPTION');
    expect(
      codeOf(() => mlp({ inputShape: [1], hidden: [], outputSize: 1, activation: 'cube' as never })),
    ).toBe('INVALID_OPTION');
    tf.tidy(() => {
      const model = mlp({ inputShape: [2], hidden: [], outputSize: 1 });
      const parameters = model.init(createRng(0));
      expect(codeOf(() => model.apply(parameters, tf.zeros([1, 4, 3])))).toBe('SHAPE_MISMATCH');
      expect(codeOf(() => model.apply({}, tf.zeros([1, 4, 2])))).toBe('SHAPE_MISMATCH');
    });
  });
});
