import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../__fixtures__/code-of.js';
import { checkGradients } from '../gradients/check-gradients.js';
import { boxQuadraticProgram } from './box-quadratic-program.js';
import { cholesky } from './cholesky.js';
import { choleskySolve } from './cholesky-solve.js';
import { conjugateGradient } from './conjugate-gradient.js';
import { logSumExp } from './log-sum-exp.js';
import { powerIteration } from './power-iteration.js';
import { projectToSimplex } from './project-to-simplex.js';
import { ridge } from './ridge.js';
import { triangularSolve } from './triangular-solve.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function run(fn: () => tf.Tensor): number[] {
  const before = tf.memory().numTensors;
  const values = tf.tidy(() => [...fn().dataSync()]);
  expect(tf.memory().numTensors).toBe(before);
  return values;
}

/** The code of what `fn` throws; its tensors are disposed. */
function refusal(fn: () => tf.Tensor): string {
  return tf.tidy(() => String(codeOf(fn)));
}

function expectValues(actual: readonly number[], expected: readonly number[], digits = 4): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index] as number, digits);
  });
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
      run(() =>
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
      run(() => cholesky(tf.tensor3d([[[9]], [[0.25]]]))),
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
      run(() =>
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
      run(() => triangularSolve(lower(), tf.tensor2d([[2], [9]]))),
      [1, 2],
    );
    expectValues(
      run(() => triangularSolve(lower(), tf.tensor2d([[4], [8]]), { transposed: true })),
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

describe('ridge', () => {
  it('by hand: one feature', () => {
    // w = Σxy / (Σx² + λ) = 10 / (5 + 5)
    const w = run(() => ridge(tf.tensor3d([[[1], [2]]]), tf.tensor3d([[[2], [4]]]), 5));
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
      const found = run(() => boxQuadraticProgram(tf.tensor2d([[9]]), tf.tensor1d([-slack])));
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

describe('projectToSimplex', () => {
  it('by hand', () => {
    const points = () =>
      tf.tensor2d([
        [0.2, 0.3, 0.5],
        [5, 0, 0],
        [1, 1, -9],
        [0.6, 0.6, 0.3],
      ]);
    const expected = [0.2, 0.3, 0.5, 1, 0, 0, 0.5, 0.5, 0, 0.4333333, 0.4333333, 0.1333333];
    expectValues(
      run(() => projectToSimplex(points())),
      expected,
    );
  });
  it('is nearer than any other point of the simplex, and on it', () => {
    tf.tidy(() => {
      const v = random([20, 7], 1).mul(2);
      const p = projectToSimplex(v);
      expectValues([...p.sum(-1).dataSync()], Array(20).fill(1));
      expect(p.min().dataSync()[0]).toBeGreaterThanOrEqual(0);
      // ⟨v − p, q − p⟩ ≤ 0 for every q of the simplex: its corners suffice.
      const corner = v
        .sub(p)
        .max(-1)
        .sub(tf.sum(v.sub(p).mul(p), -1));
      expect(corner.max().dataSync()[0]).toBeLessThan(1e-5);
    });
  });
  it('derivatives of first and second order', () => {
    tf.tidy(() => {
      const check = checkGradients(({ v }) => tf.square(projectToSimplex(v)), {
        v: tf.tensor2d([[0.9, 0.4, -2, 0.7]]),
      });
      expect(check).toMatchObject({ passed: true });
    });
  });
});

describe('logSumExp', () => {
  it('is right for numbers of any size, over any axis', () => {
    expectValues(
      run(() =>
        logSumExp(
          tf.tensor2d([
            [1000, 1000],
            [-1000, -1000],
          ]),
        ),
      ),
      [1000 + Math.LN2, -1000 + Math.LN2],
      3,
    );
    expectValues(
      run(() =>
        logSumExp(
          tf.tensor2d([
            [0, 1],
            [0, 3],
          ]),
          0,
        ),
      ),
      [Math.LN2, Math.log(Math.E + Math.E ** 3)],
    );
  });
  it('derivatives of first and second order, alone and beside its own input', () => {
    tf.tidy(() => {
      const tree = { x: random([3, 4], 1) };
      expect(checkGradients(({ x }) => logSumExp(x), tree)).toMatchObject({ passed: true });
      expect(checkGradients(({ x }) => logSumExp(x, 0).mul(tf.sum(x, 0)), tree)).toMatchObject({
        passed: true,
      });
    });
  });
});
