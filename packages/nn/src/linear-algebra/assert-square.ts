import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** The side D of matrices [..., D, D]. @throws `SHAPE_MISMATCH` for any other shape. */
export function assertSquare(caller: string, matrix: Tensor): number {
  const size = matrix.shape[matrix.rank - 1];
  if (matrix.rank >= 2 && size !== undefined && size === matrix.shape[matrix.rank - 2]) return size;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${caller}: expected square matrices [..., D, D], got [${matrix.shape}].`,
    {
      actual: matrix.shape,
    },
  );
}

/** @throws `SHAPE_MISMATCH` unless right-hand sides [..., D, K] go with matrices [..., D, D]. */
export function assertRightSides(caller: string, matrix: Tensor, rightSides: Tensor): void {
  const lead = matrix.shape.slice(0, -1).join();
  if (rightSides.rank === matrix.rank && rightSides.shape.slice(0, -1).join() === lead) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${caller}: expected right-hand sides [${lead}, K] for matrices [${matrix.shape}], got [${rightSides.shape}].`,
    { expected: matrix.shape, actual: rightSides.shape },
  );
}
