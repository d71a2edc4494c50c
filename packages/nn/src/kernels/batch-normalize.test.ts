import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectClose } from '../__fixtures__/expect-close.js';
import { onEachBackend } from '../__fixtures__/on-each-backend.js';
import { batchNormalize } from './batch-normalize.js';
import { channelAffine, channelDot, channelSum } from './channels.js';

onEachBackend('batchNormalize', () => {
  it('centres and scales each channel, by hand', () => {
    // One task, one channel: mean 2, variance 5.
    const x = tf.tensor([-1, 1, 3, 5], [4, 1, 1, 1, 1]);
    const y = batchNormalize(x, { gain: tf.tensor1d([2]), bias: tf.tensor1d([1]) }, 4);
    expectClose(y, [-1, 1 / 3, 5 / 3, 3]);
  });

  it('never mixes tasks', () => {
    const x = tf.randomNormal([3, 2, 2, 2, 2], 1, 2, 'float32', 4);
    const parameters = { gain: tf.tensor1d([1, 2]), bias: tf.tensor1d([0, 3]) };
    const whole = batchNormalize(x, parameters);
    const alone = batchNormalize(x.slice([0, 1], [3, 1]), parameters);
    expectClose(whole.slice([0, 1], [3, 1]), alone);
    // A thousandfold change of the other task changes nothing.
    const changed = tf.concat([x.slice([0, 0], [3, 1]).mul(1000), x.slice([0, 1], [3, 1])], 1);
    expectClose(batchNormalize(changed, parameters).slice([0, 1], [3, 1]), alone);
    const leak = tf.grad((z) => batchNormalize(z, parameters).slice([0, 0], [3, 1]).square().sum())(x);
    expect(tf.max(tf.abs(leak.slice([0, 1], [3, 1]))).dataSync()[0]).toBe(0);
  });

  it('takes parameters per task', () => {
    const x = tf.randomNormal([3, 2, 2, 2, 2], 1, 2, 'float32', 5);
    const gain = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    const bias = tf.tensor2d([
      [0, -1],
      [5, 6],
    ]);
    const y = batchNormalize(x, { gain, bias });
    const second = { gain: tf.tensor1d([3, 4]), bias: tf.tensor1d([5, 6]) };
    expectClose(y.slice([0, 1], [3, 1]), batchNormalize(x.slice([0, 1], [3, 1]), second));
  });

  it('keeps its digits where the mean is far larger than the deviation', () => {
    const x = tf.tensor([1000, 1001, 1002, 1003], [4, 1, 1, 1, 1]);
    const y = batchNormalize(x, { gain: tf.ones([1]), bias: tf.zeros([1]) }, 1e-5);
    expectClose(y, [-1.3416, -0.4472, 0.4472, 1.3416], 1e-3);
  });

  it('sums and multiplies per task and channel', () => {
    const x = tf.range(0, 16).reshape([2, 2, 2, 2, 1]);
    expect(channelSum(x).arraySync()).toEqual(
      [
        [10, 18],
        [26, 34],
      ].map((row, task) =>
        row.map((_, c) => {
          const at = task * 4 + c * 2;
          return at + (at + 1) + (at + 8) + (at + 9);
        }),
      ),
    );
    expect(channelDot(x, tf.onesLike(x)).arraySync()).toEqual(channelSum(x).arraySync());
    const scaled = channelAffine(
      x,
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
      tf.tensor1d([100, 200]),
    );
    expect(scaled.slice([0, 1, 1], [1, 1, 1]).arraySync()).toEqual([[[[[6 * 4 + 200], [7 * 4 + 200]]]]]);
  });

  it('refuses shapes that do not fit', () => {
    const x = tf.ones([2, 2, 3, 2, 2]);
    const [gain, bias] = [tf.ones([3]), tf.zeros([3])];
    expect(codeOf(() => batchNormalize(x, { gain: tf.ones([2]), bias }))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => batchNormalize(x, { gain, bias: tf.ones([3, 2]) }))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => batchNormalize(x, { gain, bias }, 0))).toBe('INVALID_OPTION');
    expect(codeOf(() => channelAffine(x, gain, tf.ones([1])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => channelDot(x, tf.ones([1])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => channelSum(tf.ones([2, 2])))).toBe('SHAPE_MISMATCH');
  });
});
