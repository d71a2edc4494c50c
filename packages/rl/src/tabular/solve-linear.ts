import { TasklearnError } from '@tasklearn/core';

function swapRows(a: Float64Array, b: Float64Array, first: number, second: number): void {
  if (first === second) return;
  const size = b.length;
  for (let j = 0; j < size; j += 1) {
    const kept = a[first * size + j] as number;
    a[first * size + j] = a[second * size + j] as number;
    a[second * size + j] = kept;
  }
  [b[first], b[second]] = [b[second] as number, b[first] as number];
}

/**
 * Solves A x = b by elimination with partial pivots, overwriting both.
 *
 * @throws `NOT_FINITE` for a singular matrix.
 */
export function solveLinear(a: Float64Array, b: Float64Array): Float64Array {
  const size = b.length;
  for (let column = 0; column < size; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < size; row += 1)
      if (Math.abs(a[row * size + column] as number) > Math.abs(a[pivot * size + column] as number))
        pivot = row;
    swapRows(a, b, column, pivot);
    const head = a[column * size + column] as number;
    if (Math.abs(head) < 1e-14) {
      throw new TasklearnError(
        'NOT_FINITE',
        'solveLinear: the system has no unique solution. With γ = 1 every policy must end.',
        { column },
      );
    }
    for (let row = column + 1; row < size; row += 1) {
      const factor = (a[row * size + column] as number) / head;
      if (factor === 0) continue;
      for (let j = column; j < size; j += 1)
        a[row * size + j] = (a[row * size + j] as number) - factor * (a[column * size + j] as number);
      b[row] = (b[row] as number) - factor * (b[column] as number);
    }
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let j = row + 1; j < size; j += 1)
      b[row] = (b[row] as number) - (a[row * size + j] as number) * (b[j] as number);
    b[row] = (b[row] as number) / (a[row * size + row] as number);
  }
  return b;
}
