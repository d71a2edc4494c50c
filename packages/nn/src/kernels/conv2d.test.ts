import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectClose } from '../__fixtures__/expect-close.js';
import { onEachBackend } from '../__fixtures__/on-each-backend.js';
import { conv2d } from './conv2d.js';

onEachBackend('conv2d', () => {
  it('is a cross-correlation with zeros around', () => {
    const x = tf.tensor5d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 1, 3, 3]);
    const kernel = tf.tensor4d([0, 1, 0, 0, 0, 2, 0, 0, 0], [1, 1, 3, 3]);
    // One above plus twice the one to the right.
    expect([...conv2d(x, kernel).dataSync()]).toEqual([4, 6, 0, 11, 14, 3, 20, 23, 6]);
  });

  it("pads 'same' with stride 2 as TensorFlow does: the odd row after the image", () => {
    const x = tf.range(0, 16).reshape([1, 1, 1, 4, 4]);
    const y = conv2d(x, tf.ones([1, 1, 3, 3]), { strides: 2 });
    const reference = tf.conv2d(x.reshape([1, 4, 4, 1]) as tf.Tensor4D, tf.ones([3, 3, 1, 1]), 2, 'same');
    expect(y.shape).toEqual([1, 1, 1, 2, 2]);
    expect([...y.dataSync()]).toEqual([...reference.dataSync()]);
  });

  it("takes a number of rows and columns on each side, and 'valid'", () => {
    const x = tf.ones([1, 1, 1, 4, 4]);
    const kernel = tf.ones([1, 1, 3, 3]);
    expect(conv2d(x, kernel, { padding: 1, strides: 2 }).shape).toEqual([1, 1, 1, 2, 2]);
    expect([...conv2d(x, kernel, { padding: 1, strides: 2 }).dataSync()]).toEqual([4, 6, 6, 9]);
    expect([...conv2d(x, kernel, { padding: 'valid' }).dataSync()]).toEqual([9, 9, 9, 9]);
  });

  it('with weights per task is a loop over tasks; tiled shared weights change nothing', () => {
    const [batch, tasks] = [2, 3];
    const x = tf.randomNormal([batch, tasks, 2, 5, 4], 0, 1, 'float32', 1);
    const perTask = tf.randomNormal([tasks, 3, 2, 3, 2], 0, 1, 'float32', 2);
    const y = conv2d(x, perTask, { strides: [2, 1] });
    const loop = Array.from({ length: tasks }, (_, task) =>
      conv2d(x.slice([0, task], [batch, 1]), perTask.slice([task], [1]).squeeze([0]), { strides: [2, 1] }),
    );
    expectClose(y, tf.concat(loop, 1));
    const shared = perTask.slice([0], [1]).squeeze([0]);
    expectClose(conv2d(x, tf.tile(shared.expandDims(0), [tasks, 1, 1, 1, 1])), conv2d(x, shared));
  });

  it('leaves no tensor but its result', () => {
    const [x, kernel] = [tf.ones([2, 2, 1, 4, 4]), tf.ones([2, 3, 1, 3, 3])];
    const held = tf.memory().numTensors;
    const y = tf.tidy(() => conv2d(x, kernel));
    expect(tf.memory().numTensors).toBe(held + 1);
    y.dispose();
  });
});

describe('conv2d, wrong arguments', () => {
  const x = () => tf.ones([1, 2, 3, 4, 4]);

  it('names shapes that do not fit', () => {
    expect(codeOf(() => conv2d(tf.ones([4, 4, 3]), tf.ones([1, 3, 3, 3])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => conv2d(x(), tf.ones([1, 2, 3, 3])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => conv2d(x(), tf.ones([3, 1, 3, 3, 3])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => conv2d(x(), tf.ones([1, 3, 5, 5]), { padding: 'valid' }))).toBe('SHAPE_MISMATCH');
  });

  it('names options out of range', () => {
    const kernel = tf.ones([1, 3, 3, 3]);
    expect(codeOf(() => conv2d(x(), kernel, { strides: 0 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => conv2d(x(), kernel, { strides: [1, 1.5] }))).toBe('INVALID_OPTION');
    expect(codeOf(() => conv2d(x(), kernel, { padding: -1 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => conv2d(x(), kernel, { padding: 'full' as 'same' }))).toBe('INVALID_OPTION');
  });
});
