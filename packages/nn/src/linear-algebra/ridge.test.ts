import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { checkGradients } from '../gradients/check-gradients.js';
import { choleskySolve } from './cholesky-solve.js';
import { ridge } from './ridge.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** The code of what `fn` throws; its tensors are disposed. */
function refusal(fn: () => tf.Tensor): string {
  return tf.tidy(() => String(codeOf(fn)));
}

function random(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}

function largest(x: tf.Tensor): number {
  return x.abs().max().dataSync()[0] as number;
}

describe('ridge', () => {
  it('by hand: one feature', () => {
    // w = Σxy / (Σx² + λ) = 10 / (5 + 5)
    const w = valuesOf(() => ridge(tf.tensor3d([[[1], [2]]]), tf.tensor3d([[[2], [4]]]), 5));
    expectValues(w, [1]);
  });
  it('primal and dual agree, with λ a number, a scalar or one per task', () => {
    tf.tidy(() => {
      const [x, y] = [random([2, 6, 4], 1), random([2, 6, 3], 2)];
      const primal = ridge(x, y, 0.7, { form: 'primal' });
      expect(primal.shape).toEqual([2, 4, 3]);
      expect(largest(ridge(x, y, tf.scalar(0.7), { form: 'dual' }).sub(primal))).toBeLessThan(1e-4);
      const each = ridge(x, y, tf.tensor1d([0.7, 3]), { form: 'dual' });
      expect(largest(each.slice([0], [1]).sub(primal.slice([0], [1])))).toBeLessThan(1e-4);
      const second = ridge(x.slice([1], [1]), y.slice([1], [1]), 3);
      expect(largest(each.slice([1], [1]).sub(second))).toBeLessThan(1e-4);
    });
  });
  it('its gradient in λ has the closed form −(XᵀX + λI)⁻¹ W', () => {
    tf.tidy(() => {
      const [x, y] = [random([1, 6, 3], 1), random([1, 6, 1], 2)];
      for (const form of ['primal', 'dual'] as const) {
        const slope = tf.grad((lambda: tf.Tensor) => ridge(x, y, lambda, { form }).sum().asScalar())(
          tf.scalar(0.5),
        );
        const covariance = tf.matMul(x, x, true, false).add(tf.eye(3).mul(0.5));
        const expected = choleskySolve(covariance, ridge(x, y, 0.5))
          .sum()
          .neg();
        expect(Math.abs((slope.dataSync()[0] as number) - (expected.dataSync()[0] as number))).toBeLessThan(
          1e-3,
        );
      }
    });
  });
  it.each(['primal', 'dual'] as const)('%s: derivatives of first and second order', (form) => {
    tf.tidy(() => {
      const tree = { x: random([2, 4, 3], 7), y: random([2, 4, 2], 8), lambda: tf.scalar(0.8) };
      expect(checkGradients(({ x, y, lambda }) => ridge(x, y, lambda, { form }), tree)).toMatchObject({
        passed: true,
      });
    });
  });
  it('masked items count for nothing', () => {
    tf.tidy(() => {
      const [x, y] = [random([1, 5, 3], 1), random([1, 5, 2], 2)];
      const mask = tf.tensor2d([[1, 1, 0, 1, 0]]);
      const kept = (z: tf.Tensor) => tf.gather(z, tf.tensor1d([0, 1, 3], 'int32'), 1);
      for (const form of ['primal', 'dual'] as const) {
        expect(largest(ridge(x, y, 0.5, { form, mask }).sub(ridge(kept(x), kept(y), 0.5)))).toBeLessThan(
          1e-4,
        );
      }
    });
  });
  it('refuses items that do not fit', () => {
    expect(refusal(() => ridge(tf.zeros([1, 3, 2]), tf.zeros([1, 4, 2]), 1))).toBe('SHAPE_MISMATCH');
  });
});
