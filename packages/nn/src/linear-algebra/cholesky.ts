import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertSquare } from './assert-square.js';
import { sliceAxis } from './slice-axis.js';
import { lowerMask } from './triangular-mask.js';
import { triangularSolve } from './triangular-solve.js';

/** Column by column; what is left of the matrix is reduced by each column's outer product. */
function factor(matrix: Tensor): Tensor {
  const size = matrix.shape[matrix.rank - 1] as number;
  const columns: Tensor[] = [];
  let rest = matrix;
  for (let j = 0; j < size; j++) {
    const line = sliceAxis(rest, -1, j, 1); // [..., D, 1]
    const column = line.mul(tf.rsqrt(sliceAxis(line, -2, j, 1)));
    columns.push(column);
    if (j < size - 1) rest = rest.sub(tf.matMul(column, column, false, true));
  }
  // Above the diagonal is what rounding left of zero; nothing has read it.
  return tf.concat(columns, matrix.rank - 1).mul(lowerMask(size));
}

/** Aᵀ of the last two axes. */
function transposed(x: Tensor): Tensor {
  const axes = Array.from({ length: x.rank }, (_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/**
 * The Cholesky factor: A = L Lᵀ with L lower triangular and a positive diagonal, in D static steps of six small
 * operations, for all matrices of the batch at once.
 *
 * Its derivative is written with triangular solves (Ā = sym(L⁻ᵀ Φ(Lᵀ L̄) L⁻¹), Φ the lower triangle with half its
 * diagonal), so it is right to every order and the steps are never differentiated.
 *
 * @param matrix - A, [..., D, D], symmetric and positive definite; only the lower triangle is read. NaN where it is not
 *   positive definite: add λ I first if in doubt.
 * @returns L, [..., D, D]. The caller disposes. The derivative in A is symmetric.
 * @throws `SHAPE_MISMATCH` if A is not square.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { cholesky } from '@tasklearn/nn';
 *
 * cholesky(tf.tensor([[4, 2], [2, 10]])).arraySync(); // => [[2, 0], [1, 3]]
 * ```
 *
 * @see Murray. Differentiation of the Cholesky decomposition. 2016, eq. 10. arXiv:1602.07527.
 */
export function cholesky(matrix: Tensor): Tensor {
  const size = assertSquare('cholesky', matrix);
  const decompose = tf.customGrad((...args) => {
    const [given, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
    save([given]);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]) => {
      const lower = cholesky(saved as Tensor);
      const middle = tf.matMul(lower, dy, true, false).mul(lowerMask(size, 0.5)); // Φ(Lᵀ L̄)
      const left = triangularSolve(lower, middle, { transposed: true }); // L⁻ᵀ Φ
      const full = triangularSolve(lower, transposed(left), { transposed: true }); // (L⁻ᵀ Φ L⁻¹)ᵀ
      return full.add(transposed(full)).mul(0.5);
    };
    return { value: factor(given), gradFunc };
  });
  return decompose(matrix);
}
