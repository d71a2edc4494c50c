import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectClose } from '../__fixtures__/expect-close.js';
import { onEachBackend } from '../__fixtures__/on-each-backend.js';
import { averagePool, maxPool } from './pooling.js';

/** [1, 1, 1, 3, 4] */
const image = () => tf.tensor([1, 5, 2, 0, 3, 4, -1, 7, 9, 8, 6, 6], [1, 1, 1, 3, 4]);

onEachBackend('pooling', () => {
  it('takes the largest of each window and drops what is left over', () => {
    expect([...maxPool(image(), { size: 2 }).dataSync()]).toEqual([5, 7]);
  });

  it('takes the mean, not counting padding', () => {
    expect([...averagePool(image(), { size: 2 }).dataSync()]).toEqual([3.25, 2]);
    expectClose(averagePool(image(), { size: 2, padding: 'same' }), [3.25, 2, 8.5, 6]);
  });

  it("agrees with TensorFlow.js for overlapping windows and 'same'", () => {
    const x = tf.randomNormal([2, 3, 2, 7, 6], 0, 1, 'float32', 3);
    const last = tf.transpose(x.reshape([2, 6, 7, 6]), [0, 2, 3, 1]) as tf.Tensor4D;
    const first = (y: tf.Tensor4D) => tf.transpose(y, [0, 3, 1, 2]);
    const options = { size: 3, strides: 2, padding: 'same' } as const;
    const shape = [2, 3, 2, 4, 3];
    expectClose(maxPool(x, options), first(tf.maxPool(last, 3, 2, 'same')).reshape(shape));
    expectClose(averagePool(x, options), first(tf.avgPool(last, 3, 2, 'same')).reshape(shape));
  });

  it('sends the derivative of a maximum to the first of equals', () => {
    const x = tf.zeros([1, 1, 1, 2, 2]);
    const gradient = tf.grad((y) => maxPool(y, { size: 2 }).sum())(x);
    expect([...gradient.dataSync()]).toEqual([1, 0, 0, 0]);
  });

  it('adds derivatives where overlapping windows share a maximum', () => {
    const x = tf.tensor([0, 0, 0, 0, 9, 0, 0, 0, 0], [1, 1, 1, 3, 3]);
    const gradient = tf.grad((y) => maxPool(y, { size: 2, strides: 1 }).sum())(x);
    expect([...gradient.dataSync()]).toEqual([0, 0, 0, 0, 4, 0, 0, 0, 0]);
  });

  it('refuses windows and strides out of range', () => {
    expect(codeOf(() => maxPool(image(), { size: 0 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => averagePool(image(), { size: 2, strides: -1 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => maxPool(image(), { size: 5 }))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => maxPool(tf.ones([2, 2]), { size: 2 }))).toBe('SHAPE_MISMATCH');
  });
});
