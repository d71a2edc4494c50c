/**
 * X = A⁻¹ B by Cholesky's factor, in double precision on the host. Only the lower triangle of A is read; both arguments
 * are overwritten.
 *
 * @param matrix - A, [size * size], symmetric positive definite.
 * @param right - B, [size * columns].
 * @returns X, in `right`.
 */
export function solvePositiveDefinite(
  matrix: Float64Array,
  right: Float64Array,
  size: number,
  columns: number,
): Float64Array {
  factorize(matrix, size);
  for (let row = 0; row < size; row += 1) {
    for (let k = 0; k < row; k += 1) subtract(right, row, k, matrix[row * size + k] as number, columns);
    scale(right, row, 1 / (matrix[row * size + row] as number), columns);
  }
  for (let row = size - 1; row >= 0; row -= 1) {
    for (let k = row + 1; k < size; k += 1)
      subtract(right, row, k, matrix[k * size + row] as number, columns);
    scale(right, row, 1 / (matrix[row * size + row] as number), columns);
  }
  return right;
}

/** A = L Lᵀ, L in the lower triangle. */
function factorize(matrix: Float64Array, size: number): void {
  for (let column = 0; column < size; column += 1) {
    for (let row = column; row < size; row += 1) {
      let sum = matrix[row * size + column] as number;
      for (let k = 0; k < column; k += 1)
        sum -= (matrix[row * size + k] as number) * (matrix[column * size + k] as number);
      matrix[row * size + column] =
        row === column ? Math.sqrt(sum) : sum / (matrix[column * size + column] as number);
    }
  }
}

function subtract(values: Float64Array, row: number, from: number, factor: number, columns: number): void {
  for (let column = 0; column < columns; column += 1)
    values[row * columns + column] =
      (values[row * columns + column] as number) - factor * (values[from * columns + column] as number);
}

function scale(values: Float64Array, row: number, factor: number, columns: number): void {
  for (let column = 0; column < columns; column += 1)
    values[row * columns + column] = (values[row * columns + column] as number) * factor;
}
