import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameAsEager, normal } from '../__fixtures__/same-as-eager.js';
import { compile } from '../compile.js';

type Maps = Record<'x' | 'w', tf.Tensor4D>;

const settings: readonly (readonly [number, 'same' | 'valid' | number])[] = [
  [1, 'same'],
  [1, 'valid'],
  [2, 'same'],
  [2, 'valid'],
  [3, 'valid'],
  [1, 1],
];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('convolutions', () => {
  it.each(settings)(
    'with stride %i and padding %s, and their gradients, are the same recorded',
    async (stride, pad) => {
      const fn = ({ x, w }: Maps) => {
        const loss = (a: tf.Tensor, b: tf.Tensor) =>
          tf
            .conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)
            .sin()
            .sum() as tf.Scalar;
        return [tf.conv2d(x, w, stride, pad), ...tf.grads(loss)([x, w])];
      };
      await expectSameAsEager(fn, { x: normal([2, 7, 6, 3]), w: normal([3, 2, 3, 4], 1) });
    },
  );

  it.each(settings.slice(0, 5))(
    'per channel with stride %i and padding %s, and their gradients',
    async (stride, pad) => {
      const fn = ({ x, w }: Maps) => {
        const loss = (a: tf.Tensor, b: tf.Tensor) =>
          tf
            .depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad)
            .sin()
            .sum() as tf.Scalar;
        return [tf.depthwiseConv2d(x, w, stride, pad), ...tf.grads(loss)([x, w])];
      };
      await expectSameAsEager(fn, { x: normal([2, 7, 6, 3]), w: normal([3, 2, 3, 2], 1) });
    },
  );

  it('dilated, channels first and fused are the same recorded', () =>
    expectSameAsEager(
      ({ x, w }: Maps) => [
        tf.conv2d(x, w, 1, 'same', 'NHWC', 2),
        tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'same', bias: tf.ones([4]), activation: 'relu' }),
        tf.fused.depthwiseConv2d({
          x,
          filter: w,
          strides: 1,
          pad: 'same',
          bias: tf.ones([12]),
          activation: 'elu',
        }),
      ],
      { x: normal([2, 7, 6, 3]), w: normal([3, 2, 3, 4], 1) },
    ));

  it.each(settings.slice(0, 5))(
    'pooled with stride %i and padding %s, and their gradients',
    async (stride, pad) => {
      const fn = ({ x }: Pick<Maps, 'x'>) => {
        const pooled = (pool: typeof tf.maxPool) => (a: tf.Tensor) =>
          pool(a as tf.Tensor4D, [3, 2], stride, pad).sin();
        const max = pooled(tf.maxPool);
        const average = pooled(tf.avgPool);
        // TensorFlow.js divides the gradient of an average by the size of the whole window, padding included.
        return [max(x), tf.grad(max)(x), average(x), ...(pad === 'valid' ? [tf.grad(average)(x)] : [])];
      };
      await expectSameAsEager(fn, { x: normal([2, 7, 6, 3]) });
    },
  );

  it('averaged over padded windows have the adjoint as their gradient', async () => {
    const average = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 3, 2, 'same');
    const compiled = compile(({ x, dy }: { x: tf.Tensor; dy: tf.Tensor }) => ({
      left: tf.sum(tf.mul(average(x), dy)), // ⟨A x, dy⟩
      right: tf.sum(tf.mul(x, tf.grad((a) => tf.mul(average(a), dy).sum())(x))), // ⟨x, Aᵀ dy⟩
    }));
    const { left, right } = await compiled.run({ x: normal([2, 7, 6, 3]), dy: normal([2, 4, 3, 3], 1) });
    expect(Math.abs(left.data[0]! - right.data[0]!)).toBeLessThan(1e-4);
    compiled.dispose();
  });
});
