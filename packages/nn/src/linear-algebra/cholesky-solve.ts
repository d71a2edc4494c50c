import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertRightSides, assertSquare } from './assert-square.js';
import { cholesky } from './cholesky.js';
import { triangularSolve } from './triangular-solve.js';

/**
 * X = A⁻¹ B for symmetric positive definite A, by its Cholesky factor, for all matrices of the batch at once.
 *
 * Its derivative is written with itself (B̄ = A⁻¹ X̄, Ā = −½ (B̄ Xᵀ + X B̄ᵀ)), so it is right to every order and the
 * factorisation is never differentiated; a compiled function factors A once for value and derivatives.
 *
 * @param matrix - A, [..., D, D]; only the lower triangle is read. NaN where it is not positive definite.
 * @param rightSides - B, [..., D, K].
 * @returns X, [..., D, K]. The caller disposes. The derivative in A is symmetric.
 * @throws `SHAPE_MISMATCH` if the shapes do not fit.
 */
export function choleskySolve(matrix: Tensor, rightSides: Tensor): Tensor {
  assertSquare('choleskySolve', matrix);
  assertRightSides('choleskySolve', matrix, rightSides);
  const solve = tf.customGrad((...args) => {
    const [given, right, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([given, right]);
    const lower = cholesky(given);
    const value = triangularSolve(lower, triangularSolve(lower, right), { transposed: true });
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [a, b] = saved as [Tensor, Tensor];
      const x = choleskySolve(a, b);
      const dB = choleskySolve(a, dy);
      const outer = tf.matMul(dB, x, false, true).add(tf.matMul(x, dB, false, true));
      return [outer.mul(-0.5), dB];
    };
    return { value, gradFunc };
  });
  return solve(matrix, rightSides);
}
