import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { expectValues, valuesOf } from '../__fixtures__/values-of.js';
import { checkGradients } from '../gradients/check-gradients.js';
import { boxQuadraticProgram } from './box-quadratic-program.js';
import { choleskySolve } from './cholesky-solve.js';
import { conjugateGradient } from './conjugate-gradient.js';
import { powerIteration } from './power-iteration.js';

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

describe('conjugateGradient', () => {
  const product = (matrix: tf.Tensor) => (p: tf.Tensor) => tf.matMul(matrix, p.expandDims(-1)).squeeze([-1]);
  it('D steps solve every system of the batch exactly; 0 steps give the start', () => {
    tf.tidy(() => {
      const matrix = positiveDefinite(random([3, 6, 6], 1));
      const b = random([3, 6], 2);
      const exact = choleskySolve(matrix, b.expandDims(-1)).squeeze([-1]);
      expect(largest(conjugateGradient(product(matrix), b, { iterations: 6 }).sub(exact))).toBeLessThan(1e-3);
      const start = random([3, 6], 3);
      expect(largest(conjugateGradient(product(matrix), b, { iterations: 0, start }).sub(start))).toBe(0);
      expect(
        largest(conjugateGradient(product(matrix), b, { iterations: 6, start }).sub(exact)),
      ).toBeLessThan(1e-3);
    });
  });
  it('every step brings it nearer', () => {
    tf.tidy(() => {
      const matrix = positiveDefinite(random([1, 8, 8], 1));
      const b = random([1, 8], 2);
      const residual = (iterations: number) => {
        const x = conjugateGradient(product(matrix), b, { iterations });
        const error = x.sub(choleskySolve(matrix, b.expandDims(-1)).squeeze([-1]));
        return tf.sum(error.mul(product(matrix)(error))).dataSync()[0] as number;
      };
      const errors = [0, 1, 2, 4].map(residual);
      for (let index = 1; index < errors.length; index++) {
        expect(errors[index]).toBeLessThan(errors[index - 1] as number);
      }
    });
  });
  it('a system that is solved stays: no NaN, in values or derivatives', () => {
    tf.tidy(() => {
      const b = tf.tensor2d([
        [0, 0],
        [3, 0],
      ]);
      const solve = (right: tf.Tensor) => conjugateGradient((p) => p.mul(2), right, { iterations: 4 });
      expectValues([...solve(b).dataSync()], [0, 0, 1.5, 0]);
      const slope = tf.grad((right: tf.Tensor) => solve(right).sum().asScalar())(b);
      expect([...slope.dataSync()].every(Number.isFinite)).toBe(true);
    });
  });
  it('derivatives through the steps', () => {
    tf.tidy(() => {
      const tree = { m: random([2, 3, 3], 5), b: random([2, 3], 6) };
      const check = checkGradients(
        ({ m, b }) => conjugateGradient(product(positiveDefinite(m)), b, { iterations: 2 }),
        tree,
      );
      expect(check).toMatchObject({ passed: true });
    });
  });
});

describe('powerIteration', () => {
  it('finds the largest eigenvalue of each matrix, and its vector', () => {
    tf.tidy(() => {
      const matrix = tf.tensor3d([
        [
          [2, 1],
          [1, 2],
        ],
        [
          [5, 0],
          [0, -1],
        ],
      ]); // 3 and 5
      const product = (v: tf.Tensor) => tf.matMul(matrix, v.expandDims(-1)).squeeze([-1]);
      const { value, vector } = powerIteration(
        product,
        tf.tensor2d([
          [1, 0.3],
          [1, 1],
        ]),
        20,
      );
      expectValues([...value.dataSync()], [3, 5]);
      expectValues([...vector.abs().dataSync()], [Math.SQRT1_2, Math.SQRT1_2, 1, 0]);
    });
  });
  it('the derivative of the value is v vᵀ', () => {
    tf.tidy(() => {
      const at = (matrix: tf.Tensor) =>
        powerIteration((v) => tf.matMul(v, matrix), tf.tensor2d([[1, 0.3]]), 30).value.asScalar();
      expectValues(
        [
          ...tf
            .grad(at)(
              tf.tensor2d([
                [2, 1],
                [1, 2],
              ]),
            )
            .dataSync(),
        ],
        [0.5, 0.5, 0.5, 0.5],
        3,
      );
    });
  });
});

describe('boxQuadraticProgram', () => {
  it('KKT residual < 1e-3 on random strictly convex problems', () => {
    tf.tidy(() => {
      for (const [lower, upper] of [
        [0, undefined],
        [-0.3, 0.4],
      ] as const) {
        const matrix = positiveDefinite(random([5, 10, 10], 1).mul(2));
        const linear = random([5, 10], 2).mul(2);
        const bounds = upper === undefined ? { lower } : { lower, upper };
        const x = boxQuadraticProgram(matrix, linear, bounds);
        // At the solution a projected gradient step of length 1 changes nothing.
        const slope = tf.matMul(matrix, x.expandDims(-1)).squeeze([-1]).add(linear);
        const moved = tf.clipByValue(x.sub(slope), lower, upper ?? 1e9);
        expect(largest(moved.sub(x))).toBeLessThan(1e-3);
        expect(x.min().dataSync()[0]).toBeGreaterThanOrEqual(Math.fround(lower));
        const active = tf.equal(x, Math.fround(lower)).cast('float32').sum().dataSync()[0] as number;
        expect(active).toBeGreaterThan(0);
        expect(active).toBeLessThan(50);
      }
    });
  });
  it('the dual of one constraint is the projection onto a half-space', () => {
    // min ‖x − z‖²/2 with aᵀx ≤ b: λ = max(0, aᵀz − b)/‖a‖², x = z − λ a
    const a = [1, 2, -2];
    const dual = (z: number[], b: number) => {
      const slack = z.reduce((sum, value, index) => sum + value * (a[index] as number), 0) - b;
      const found = valuesOf(() => boxQuadraticProgram(tf.tensor2d([[9]]), tf.tensor1d([-slack])));
      expectValues(found, [Math.max(0, slack) / 9]);
    };
    dual([1, 1, 0], 1);
    dual([1, 0, 1], 1);
  });
  it('derivatives of the solution: −Q_AA⁻¹ on the free numbers, 0 on the bound ones', () => {
    tf.tidy(() => {
      const matrix = tf.tensor2d([
        [2, 0, 0],
        [0, 4, 0],
        [0, 0, 1],
      ]);
      const slope = tf.grad((c: tf.Tensor) => boxQuadraticProgram(matrix, c).sum().asScalar())(
        tf.tensor1d([-2, -1, 3]),
      );
      expectValues([...slope.dataSync()], [-0.5, -0.25, 0], 3);
    });
  });
  it('refuses a c that does not fit', () => {
    expect(refusal(() => boxQuadraticProgram(tf.eye(3), tf.zeros([2])))).toBe('SHAPE_MISMATCH');
  });
});
