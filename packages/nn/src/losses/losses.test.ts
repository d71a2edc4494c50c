import type { TaskLoss } from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { accuracy } from './accuracy.js';
import { bernoulli } from './bernoulli.js';
import { crossEntropy } from './cross-entropy.js';
import { gaussianNegativeLogLikelihood } from './gaussian-negative-log-likelihood.js';
import { huber } from './huber.js';
import { lossOf } from './loss-of.js';
import { meanSquaredError } from './mean-squared-error.js';
import { outputSizeOf } from './output-size-of.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('crossEntropy', () => {
  it('by hand: −log softmax at the label, mean over items, one per task', () => {
    const logits = () =>
      tf.tensor3d([
        [
          [0, 0],
          [0, Math.log(3)],
        ],
        [
          [Math.log(9), 0],
          [0, 0],
        ],
      ]);
    const labels = () =>
      tf.tensor2d(
        [
          [0, 1],
          [0, 1],
        ],
        [2, 2],
        'int32',
      );
    expectValues(
      valuesOf(() => crossEntropy(logits(), labels())),
      [(Math.log(2) + Math.log(4 / 3)) / 2, (Math.log(10 / 9) + Math.log(2)) / 2],
    );
  });

  it('takes probabilities too', () => {
    const value = valuesOf(() =>
      crossEntropy(tf.tensor3d([[[0, Math.log(3)]]]), tf.tensor3d([[[0.5, 0.5]]])),
    );
    expectValues(value, [-0.5 * Math.log(1 / 4) - 0.5 * Math.log(3 / 4)]);
  });

  it('is finite for logits of any size', () => {
    const labels = () => tf.tensor2d([[1]], [1, 1], 'int32');
    expectValues(
      valuesOf(() => crossEntropy(tf.tensor3d([[[500, -500]]]), labels())),
      [1000],
    );
    const slope = valuesOf(() =>
      tf.grad((z: tf.Tensor) => crossEntropy(z, labels()).sum())(tf.tensor3d([[[500, -500]]])),
    );
    expectValues(slope, [1, -1]);
  });

  it('its gradient is (softmax − one-hot) / B', () => {
    const labels = tf.tensor2d([[2, 0]], [1, 2], 'int32');
    const slope = valuesOf(() =>
      tf.grad((z: tf.Tensor) => crossEntropy(z, labels).sum())(
        tf.tensor3d([
          [
            [0, 0, 0],
            [0, 0, Math.log(2)],
          ],
        ]),
      ),
    );
    labels.dispose();
    expectValues(slope, [1 / 6, 1 / 6, -1 / 3, -3 / 8, 1 / 8, 1 / 4]);
  });

  it('refuses labels of another shape or type', () => {
    const wrong: readonly (() => tf.Tensor)[] = [
      () => tf.zeros([2, 4], 'int32'),
      () => tf.zeros([2, 3], 'float32'),
      () => tf.zeros([2, 3, 4], 'float32'),
    ];
    for (const targets of wrong) {
      tf.tidy(() => {
        try {
          crossEntropy(tf.zeros([2, 3, 5]), targets());
          expect.unreachable();
        } catch (error) {
          expect(TasklearnError.is(error, 'SHAPE_MISMATCH')).toBe(true);
        }
      });
    }
  });
});

describe('bernoulli', () => {
  it('by hand, summed over an item', () => {
    // p = 1/2 and p = 3/4; y = 1, 0
    const value = valuesOf(() => bernoulli(tf.tensor3d([[[0, Math.log(3)]]]), tf.tensor3d([[[1, 0]]])));
    expectValues(value, [Math.log(2) + Math.log(4)]);
  });
  it('is finite for large logits', () => {
    expectValues(
      valuesOf(() => bernoulli(tf.tensor2d([[300]]), tf.tensor2d([[0]]))),
      [300],
    );
  });
});

describe('regression losses', () => {
  it('meanSquaredError: mean over numbers and items', () => {
    const value = valuesOf(() =>
      meanSquaredError(
        tf.tensor3d([
          [
            [1, 2],
            [3, 4],
          ],
        ]),
        tf.tensor3d([
          [
            [0, 0],
            [0, 0],
          ],
        ]),
      ),
    );
    expectValues(value, [(1 + 4 + 9 + 16) / 4]);
  });
  it('huber: quadratic inside δ, linear outside', () => {
    const outputs = () => tf.tensor3d([[[0.5], [-3], [2]]]);
    expectValues(
      valuesOf(() => huber(outputs(), tf.zeros([1, 3, 1]))),
      [(0.125 + 2.5 + 1.5) / 3],
    );
    expectValues(
      valuesOf(() => huber(outputs(), tf.zeros([1, 3, 1]), undefined, 2)),
      [(0.125 + 4 + 2) / 3],
    );
  });
  it('gaussian: mean first, then the spread through softplus', () => {
    // softplus(s) + 0.001 = 2  =>  s = log(exp(1.999) − 1)
    const raw = Math.log(Math.exp(1.999) - 1);
    const value = valuesOf(() =>
      gaussianNegativeLogLikelihood(tf.tensor3d([[[1, raw]]]), tf.tensor3d([[[4]]])),
    );
    expectValues(value, [0.5 * (3 / 2) ** 2 + Math.log(2) + 0.5 * Math.log(2 * Math.PI)]);
  });
  it('targets without a last axis of one are as good as with it', () => {
    const outputs = () => tf.tensor3d([[[1], [3]]]);
    expectValues(
      valuesOf(() => meanSquaredError(outputs(), tf.tensor2d([[0, 0]]))),
      [5],
    );
  });
  it('refuses outputs of another size', () => {
    for (const loss of [meanSquaredError, huber, bernoulli, gaussianNegativeLogLikelihood]) {
      tf.tidy(() => {
        try {
          loss(tf.zeros([2, 3, 5]), tf.zeros([2, 3, 4]));
          expect.unreachable();
        } catch (error) {
          expect(TasklearnError.is(error, 'SHAPE_MISMATCH')).toBe(true);
        }
      });
    }
  });
});

describe('masks', () => {
  const cases: readonly [string, TaskLoss, number[], number[], 'int32' | 'float32'][] = [
    ['crossEntropy', crossEntropy, [2, 3, 4], [2, 3], 'int32'],
    ['bernoulli', bernoulli, [2, 3, 4], [2, 3, 4], 'float32'],
    ['meanSquaredError', meanSquaredError, [2, 3, 4], [2, 3, 4], 'float32'],
    ['huber', (o, t, m) => huber(o, t, m), [2, 3, 4], [2, 3, 4], 'float32'],
    ['gaussian', gaussianNegativeLogLikelihood, [2, 3, 8], [2, 3, 4], 'float32'],
  ];
  it.each(cases)(
    '%s: masked items have no influence; a task with none gets 0',
    (_name, loss, outputShape, targetShape, dtype) => {
      tf.tidy(() => {
        const outputs = tf.randomNormal(outputShape, 0, 1, 'float32', 5);
        const targets =
          dtype === 'int32'
            ? tf.ones(targetShape, 'int32')
            : tf.randomUniform(targetShape, 0, 1, 'float32', 6);
        const mask = tf.tensor2d([
          [1, 0, 1],
          [0, 0, 0],
        ]);
        const masked = [...loss(outputs, targets, mask).dataSync()];
        const kept = (x: tf.Tensor) => tf.gather(x.slice([0], [1]), tf.tensor1d([0, 2], 'int32'), 1);
        expectValues(masked, [loss(kept(outputs), kept(targets)).dataSync()[0] as number, 0]);
        const slope = tf.grad((o: tf.Tensor) => loss(o, targets, mask).sum())(outputs);
        expect(slope.slice([0, 1], [1, 1]).abs().sum().dataSync()[0]).toBe(0);
        expect(slope.slice([1], [1]).abs().sum().dataSync()[0]).toBe(0);
        expect(slope.slice([0, 0], [1, 1]).abs().sum().dataSync()[0]).toBeGreaterThan(0);
        const all = loss(outputs, targets, tf.ones([2, 3])).dataSync();
        expectValues([...all], [...loss(outputs, targets).dataSync()]);
      });
    },
  );

  it('accuracy counts hits among unmasked items', () => {
    const outputs = () =>
      tf.tensor3d([
        [
          [1, 0],
          [0, 1],
          [1, 0],
        ],
      ]);
    const labels = () => tf.tensor2d([[0, 0, 0]], [1, 3], 'int32');
    expectValues(
      valuesOf(() => accuracy(outputs(), labels())),
      [2 / 3],
    );
    expectValues(
      valuesOf(() => accuracy(outputs(), labels(), tf.tensor2d([[1, 1, 0]]))),
      [1 / 2],
    );
  });
});

describe('lossOf and outputSizeOf', () => {
  it('a name gives the loss of that name, a function itself', () => {
    const own: TaskLoss = (outputs) => outputs;
    expect(lossOf({ loss: 'crossEntropy' })).toBe(crossEntropy);
    expect(lossOf({ loss: 'gaussian' })).toBe(gaussianNegativeLogLikelihood);
    expect(lossOf({ loss: own })).toBe(own);
    try {
      lossOf({ loss: 'hinge' as never });
      expect.unreachable();
    } catch (error) {
      expect(TasklearnError.is(error, 'UNSUPPORTED_TASK')).toBe(true);
    }
  });
  it('outputs needed', () => {
    const classes = { kind: 'classification', classes: 5 } as const;
    const image = { kind: 'regression', shape: [2, 3] } as const;
    expect(outputSizeOf({ target: classes, loss: 'crossEntropy' })).toBe(5);
    expect(outputSizeOf({ target: classes, loss: 'bernoulli' })).toBe(1);
    expect(outputSizeOf({ target: image, loss: 'meanSquaredError' })).toBe(6);
    expect(outputSizeOf({ target: image, loss: 'gaussian' })).toBe(12);
    expect(outputSizeOf({ target: { kind: 'regression', shape: [] }, loss: 'huber' })).toBe(1);
  });
});
