import { TasklearnError } from '@tasklearn/core';

/**
 * A⁻¹ of a positive definite matrix in double precision, by Gauss and Jordan's elimination.
 *
 * @param matrix - row by row, [n, n]; left as it is.
 * @throws `NOT_FINITE` where a pivot is not positive.
 */
export function invertPositiveDefinite(matrix: Float64Array, n: number): Float64Array {
  const a = Float64Array.from(matrix);
  for (let pivot = 0; pivot < n; pivot += 1) {
    const head = a[pivot * n + pivot] as number;
    if (!(head > 0)) {
      const message = `invertPositiveDefinite: expected a positive definite matrix, got pivot ${head} in row ${pivot}. Add a multiple of I.`;
      throw new TasklearnError('NOT_FINITE', message, { row: pivot, pivot: head });
    }
    a[pivot * n + pivot] = 1;
    for (let column = 0; column < n; column += 1) a[pivot * n + column]! /= head;
    for (let row = 0; row < n; row += 1) {
      if (row === pivot) continue;
      const factor = a[row * n + pivot] as number;
      a[row * n + pivot] = 0;
      for (let column = 0; column < n; column += 1)
        a[row * n + column]! -= factor * (a[pivot * n + column] as number);
    }
  }
  return a;
}
