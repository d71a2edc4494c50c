import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { checkGradients } from '../gradients/check-gradients.js';
import { cholesky } from './cholesky.js';
import { choleskySolve } from './cholesky-solve.js';
import { triangularSolve } from './triangular-solve.js';

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

/** M Mᵀ / D + I/2: positive definite, a smooth function of any M. */
function positiveDefinite(m: tf.Tensor): tf.Tensor {
  const size = m.shape[m.rank - 1] as number;
  return tf.matMul(m, m, false, true).div(size).add(tf.eye(size).mul(0.5));
}

function largest(x: tf.Tensor): number {
  return x.abs().max().dataSync()[0] as number;
}

describe('cholesky', () => {
  it('by hand', () => {
    // [[4, 2], [2, 10]] = [[2, 0], [1, 3]] [[2, 1], [0, 3]]
    expectValues(
      valuesOf(() =>
        cholesky(
          tf.tensor2d([
            [4, 2],
            [2, 10],
          ]),
        ),
      ),
      [2, 0, 1, 3],
    );
    expectValues(
      valuesOf(() => cholesky(tf.tensor3d([[[9]], [[0.25]]]))),
      [3, 0.5],
    );
  });
  it('L Lᵀ = A for batches, L lower triangular', () => {
    for (const shape of [
      [3, 5, 5],
      [2, 2, 12, 12],
    ]) {
      tf.tidy(() => {
        const matrix = positiveDefinite(random(shape, 1));
        const lower = cholesky(matrix);
        expect(largest(tf.matMul(lower, lower, false, true).sub(matrix))).toBeLessThan(1e-5);
        const size = shape.at(-1) as number;
        expect(largest(lower.sub(tf.linalg.bandPart(lower, -1, 0)))).toBe(0);
        expect(lower.shape.at(-1)).toBe(size);
      });
    }
  });
  it('derivatives of first and second order', () => {
    tf.tidy(() => {
      const check = checkGradients(({ m }) => cholesky(positiveDefinite(m)), { m: random([2, 3, 3], 2) });
      expect(check).toMatchObject({ passed: true });
    });
  });
  it('its gradient of log det A is A⁻¹', () => {
    tf.tidy(() => {
      const matrix = tf.tensor2d([
        [4, 2],
        [2, 10],
      ]);
      const logDeterminant = (a: tf.Tensor) =>
        tf
          .log(tf.sum(cholesky(a).mul(tf.eye(2)), 1))
          .sum()
          .mul(2)
          .asScalar();
      // 1/36 [[10, −2], [−2, 4]]
      expectValues(
        [...tf.grad(logDeterminant)(matrix).dataSync()],
        [10, -2, -2, 4].map((x) => x / 36),
      );
    });
  });
  it('NaN where the matrix is not positive definite; refuses one that is not square', () => {
    expect(
      valuesOf(() =>
        cholesky(
          tf.tensor2d([
            [1, 2],
            [2, 1],
          ]),
        ),
      ).some(Number.isNaN),
    ).toBe(true);
    expect(refusal(() => cholesky(tf.zeros([2, 3])))).toBe('SHAPE_MISMATCH');
    expect(refusal(() => cholesky(tf.zeros([3])))).toBe('SHAPE_MISMATCH');
  });
});

describe('triangularSolve', () => {
  it('by hand, plain and transposed', () => {
    const lower = () =>
      tf.tensor2d([
        [2, 99],
        [1, 4],
      ]); // 99 is not read
    expectValues(
      valuesOf(() => triangularSolve(lower(), tf.tensor2d([[2], [9]]))),
      [1, 2],
    );
    expectValues(
      valuesOf(() => triangularSolve(lower(), tf.tensor2d([[4], [8]]), { transposed: true })),
      [1, 2],
    );
  });
  it.each([false, true])('L X = B for batches (transposed: %s), with derivatives', (transposed) => {
    tf.tidy(() => {
      const lower = tf.linalg
        .bandPart(random([3, 4, 4], 1), -1, 0)
        .mul(0.3)
        .add(tf.eye(4).mul(1.5));
      const right = random([3, 4, 2], 2);
      const x = triangularSolve(lower, right, { transposed });
      expect(largest(tf.matMul(lower, x, transposed, false).sub(right))).toBeLessThan(1e-5);
      const check = checkGradients(({ l, b }) => triangularSolve(l, b, { transposed }), {
        l: lower,
        b: right,
      });
      expect(check).toMatchObject({ passed: true });
    });
  });
  it('refuses right-hand sides of another size', () => {
    expect(refusal(() => triangularSolve(tf.eye(3), tf.zeros([2, 1])))).toBe('SHAPE_MISMATCH');
    expect(refusal(() => triangularSolve(tf.eye(3), tf.zeros([3])))).toBe('SHAPE_MISMATCH');
  });
});

describe('choleskySolve', () => {
  it('A X = B, with derivatives', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const m = random([2, 4, 4], 3);
      const right = random([2, 4, 3], 4);
      const matrix = positiveDefinite(m);
      expect(largest(tf.matMul(matrix, choleskySolve(matrix, right)).sub(right))).toBeLessThan(1e-5);
      const check = checkGradients((tree) => choleskySolve(positiveDefinite(tree.m), tree.b), {
        m,
        b: right,
      });
      expect(check).toMatchObject({ passed: true });
    });
    expect(tf.memory().numTensors).toBe(before);
  });
  it('keeps its digits for 25 items of a badly scaled Gram matrix', () => {
    tf.tidy(() => {
      const features = random([1, 25, 64], 5).mul(10);
      const matrix = tf.matMul(features, features, false, true).add(tf.eye(25).mul(0.1));
      const right = random([1, 25, 5], 6);
      const residual = largest(tf.matMul(matrix, choleskySolve(matrix, right)).sub(right));
      expect(residual).toBeLessThan(1e-3);
    });
  });
});
