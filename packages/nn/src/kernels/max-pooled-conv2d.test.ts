import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectClose } from '../__fixtures__/expect-close.js';
import { onEachBackend } from '../__fixtures__/on-each-backend.js';
import { hvp } from '../gradients/products.js';
import { gradients } from '../gradients/value-and-gradients.js';
import { conv2d } from './conv2d.js';
import { maxPooledConv2d } from './max-pooled-conv2d.js';
import { maxPool } from './pooling.js';
import type { Padding } from './spatial-window.js';

const normal = (seed: number, ...shape: number[]) => tf.randomNormal(shape, 0, 1, 'float32', seed);

onEachBackend('maxPooledConv2d', () => {
  const cases: { name: string; maps: number[]; kernel: number[]; padding: Padding }[] = [
    { name: 'even maps', maps: [2, 2, 1, 6, 4], kernel: [3, 1, 3, 3], padding: 'same' },
    { name: 'odd maps, weights per task', maps: [2, 2, 2, 7, 5], kernel: [2, 3, 2, 3, 3], padding: 'same' },
    { name: 'much padding', maps: [1, 1, 1, 5, 6], kernel: [2, 1, 3, 3], padding: 2 },
    { name: 'no padding to take from', maps: [1, 1, 1, 6, 7], kernel: [2, 1, 3, 3], padding: 'valid' },
    { name: 'an uneven kernel', maps: [1, 1, 1, 6, 7], kernel: [2, 1, 2, 5], padding: 'same' },
  ];

  it.each(cases)(
    'equals convolving, then pooling, with both derivatives: $name',
    ({ maps, kernel, padding }) => {
      const at = { x: normal(1, ...maps), k: normal(2, ...kernel) };
      const along = { x: normal(3, ...maps), k: normal(4, ...kernel) };
      const plain = ({ x, k }: typeof at) => maxPool(conv2d(x, k, { padding }), { size: 2 });
      const direct = ({ x, k }: typeof at) => maxPooledConv2d(x, k, padding);
      expectClose(direct(at), plain(at));
      const loss = (f: typeof plain) => (tree: typeof at) => tf.sum(tf.pow(f(tree), 3)) as tf.Scalar;
      const [first, second] = [plain, direct].map(
        (f) => [gradients(loss(f), at), hvp(loss(f), at, along)] as const,
      );
      for (const order of [0, 1] as const) {
        for (const name of ['x', 'k'] as const) {
          expectClose(second?.[order][name] as tf.Tensor, first?.[order][name] as tf.Tensor, 1e-4);
        }
      }
    },
  );

  it('gives the derivative of equals to the first, as maxPool does', () => {
    const x = tf.ones([1, 1, 1, 4, 4]);
    const kernel = tf.tensor4d([0, 0, 0, 0, 1, 0, 0, 0, 0], [1, 1, 3, 3]);
    const slope = gradients((at: { x: tf.Tensor }) => tf.sum(maxPooledConv2d(at.x, kernel)) as tf.Scalar, {
      x,
    });
    expect([...slope.x.dataSync()]).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
  });

  it('refuses what does not fit', () => {
    expect(codeOf(() => maxPooledConv2d(tf.zeros([2, 2]), tf.zeros([1, 1, 3, 3])))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => maxPooledConv2d(tf.zeros([1, 1, 1, 1, 1]), tf.zeros([1, 1, 3, 3])))).toBe(
      'SHAPE_MISMATCH',
    );
  });
});
