import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectClose } from '../__fixtures__/expect-close.js';
import { onEachBackend } from '../__fixtures__/on-each-backend.js';
import { hvp } from '../gradients/products.js';
import { gradients } from '../gradients/value-and-gradients.js';
import { batchNormalize } from './batch-normalize.js';
import { channelAffine } from './channels.js';
import { conv2d } from './conv2d.js';
import { foldBatchNormalization, foldingPays } from './fold-batch-normalization.js';
import { maxPool } from './pooling.js';

type Named = { readonly kernel: tf.Tensor; readonly gain: tf.Tensor; readonly bias: tf.Tensor };

const normal = (seed: number, ...shape: number[]) => tf.randomNormal(shape, 0.3, 1, 'float32', seed);
const images = () => normal(1, 3, 2, 1, 6, 5);

const cases = [
  {
    weights: 'shared',
    of: () => ({ kernel: normal(2, 4, 1, 3, 3), gain: normal(3, 4), bias: normal(4, 4) }),
  },
  {
    weights: 'per task',
    of: () => ({ kernel: normal(2, 2, 4, 1, 3, 3), gain: normal(3, 2, 4), bias: normal(4, 2, 4) }),
  },
];

function folded(x: tf.Tensor, p: Named, strides: number): tf.Tensor {
  const { kernel, offset } = foldBatchNormalization(x, p.kernel, p, { strides }, 0.01);
  return channelAffine(conv2d(x, kernel, { strides }), tf.ones([4]), offset);
}

onEachBackend('foldBatchNormalization', () => {
  for (const { weights, of } of cases) {
    it.each([1, 2])(`equals convolving, then normalising; weights ${weights}, stride %i`, (strides) => {
      const x = images();
      const plain = (p: Named) => batchNormalize(conv2d(x, p.kernel, { strides }), p, 0.01);
      const at = of();
      expectClose(folded(x, at, strides), plain(at));
      const loss = (f: (p: Named) => tf.Tensor) => (p: Named) => tf.sum(tf.pow(f(p), 3)) as tf.Scalar;
      const both = [(p: Named) => folded(x, p, strides), plain].map((f) => ({
        first: gradients(loss(f), at),
        second: hvp(loss(f), at, at),
      }));
      for (const order of ['first', 'second'] as const) {
        for (const name of ['kernel', 'gain', 'bias'] as const) {
          expectClose(both[0]?.[order][name] as tf.Tensor, both[1]?.[order][name] as tf.Tensor, 2e-4);
        }
      }
    });
  }

  it('lets the offset wait until after pooling', () => {
    const [x, p] = [images(), of0()];
    const { kernel, offset } = foldBatchNormalization(x, p.kernel, p);
    const late = channelAffine(maxPool(conv2d(x, kernel), { size: 2 }), tf.ones([4]), offset);
    expectClose(late, maxPool(batchNormalize(conv2d(x, p.kernel), p), { size: 2 }));
  });

  it('gives the bias where all images are blank, and finite derivatives', () => {
    const p = of0();
    const blank = tf.fill([3, 1, 1, 5, 5], 200);
    const options = { padding: 'valid' } as const;
    const { kernel, offset } = foldBatchNormalization(blank, p.kernel, p, options);
    const y = channelAffine(conv2d(blank, kernel, options), tf.ones([4]), offset);
    const bias = tf.broadcastTo(p.bias.reshape([1, 1, 4, 1, 1]), y.shape);
    // 200 / √ε in float32: the offset takes out what the kernel puts in, to its last digits.
    expectClose(y, bias, 0.1);
    const slope = gradients(
      (at: Named) => tf.sum(foldBatchNormalization(blank, at.kernel, at).offset) as tf.Scalar,
      p,
    );
    expect(Object.values(slope).every((leaf) => leaf.dataSync().every(Number.isFinite))).toBe(true);
  });

  it('is worth it for few inputs and many outputs', () => {
    expect(foldingPays(tf.zeros([64, 1, 3, 3]))).toBe(true);
    expect(foldingPays(tf.zeros([4, 64, 3, 3, 3]))).toBe(true);
    expect(foldingPays(tf.zeros([64, 64, 3, 3]))).toBe(false);
  });

  it('refuses what does not fit', () => {
    const p = of0();
    expect(codeOf(() => foldBatchNormalization(tf.zeros([2, 2]), p.kernel, p))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => foldBatchNormalization(images(), tf.zeros([4, 2, 3, 3]), p))).toBe('SHAPE_MISMATCH');
    expect(codeOf(() => foldBatchNormalization(images(), p.kernel, p, {}, -1))).toBe('INVALID_OPTION');
  });
});

function of0(): Named {
  return (cases[0] as (typeof cases)[0]).of();
}
