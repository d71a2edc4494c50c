import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertRightSides, assertSquare } from './assert-square.js';
import { sliceAxis } from './slice-axis.js';
import { lowerMask } from './triangular-mask.js';

/** How {@link triangularSolve} reads its matrix. */
export interface TriangularSolveOptions {
  /** Solve Lᵀ X = B instead of L X = B. Default false. */
  readonly transposed?: boolean;
}

/** Substitution, one row at a time, the remaining right-hand sides reduced after each. */
function substitute(lower: Tensor, rightSides: Tensor, transposed: boolean): Tensor {
  const size = lower.shape[lower.rank - 1] as number;
  const rows = Array<Tensor>(size);
  let rest = rightSides; // [..., D, K]
  for (let step = 0; step < size; step++) {
    const j = transposed ? size - 1 - step : step;
    const line = sliceAxis(lower, transposed ? -2 : -1, j, 1); // row [..., 1, D] or column [..., D, 1]
    const pivot = sliceAxis(line, transposed ? -1 : -2, j, 1); // [..., 1, 1]
    const row = sliceAxis(rest, -2, j, 1).div(pivot); // [..., 1, K]
    rows[j] = row;
    if (step < size - 1) rest = rest.sub(tf.matMul(line, row, transposed, false)); // [..., D, K]
  }
  return tf.concat(rows, lower.rank - 2);
}

/**
 * X = L⁻¹ B, or L⁻ᵀ B, for lower triangular L: by substitution, in D static steps of six small operations.
 *
 * Its derivative is written with itself (B̄ = L⁻ᵀ X̄, L̄ = −tril(B̄ Xᵀ)), so it is right to every order and the steps
 * are never differentiated.
 *
 * @param lower - L, [..., D, D]; what is above the diagonal is ignored. NaN or ∞ where a diagonal number is 0.
 * @param rightSides - B, [..., D, K].
 * @returns X, [..., D, K]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if the shapes do not fit.
 */
export function triangularSolve(
  lower: Tensor,
  rightSides: Tensor,
  options: TriangularSolveOptions = {},
): Tensor {
  const size = assertSquare('triangularSolve', lower);
  assertRightSides('triangularSolve', lower, rightSides);
  const transposed = options.transposed === true;
  const solve = tf.customGrad((...args) => {
    const [matrix, right, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
    save([matrix, right]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const [l, b] = saved as [Tensor, Tensor];
      const x = triangularSolve(l, b, { transposed });
      const dB = triangularSolve(l, dy, { transposed: !transposed });
      const outer = transposed ? tf.matMul(x, dB, false, true) : tf.matMul(dB, x, false, true);
      return [tf.neg(outer).mul(lowerMask(size)), dB];
    };
    return { value: substitute(matrix, right, transposed), gradFunc };
  });
  return solve(lower, rightSides);
}
