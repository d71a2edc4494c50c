import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Looks up one vector per index: y[t, b] = E[x[t, b]], or E_t[x[t, b]] where each task has a table of its own.
 *
 * @param indices - x, int32 [T, B, ...], in [0, V).
 * @param table - E, [V, D] or [T, V, D].
 * @returns [T, B, ..., D]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if indices are not int32 or the table does not fit.
 */
export function embedding(indices: Tensor, table: Tensor): Tensor {
  const tasks = indices.shape[0] as number;
  const fits = table.rank === 2 || (table.rank === 3 && table.shape[0] === tasks);
  if (indices.dtype !== 'int32' || !fits) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `embedding: expected int32 indices [T, B, ...] and a table [V, D] or [T, V, D], got ${indices.dtype} [${indices.shape}] and [${table.shape}].`,
      { indices: indices.shape, table: table.shape, dtype: indices.dtype },
    );
  }
  if (table.rank === 2) return tf.gather(table, indices as tf.Tensor1D);
  const [, size, features] = table.shape as [number, number, number];
  const first = tf.range(0, tasks * size, size, 'int32'); // where each task's table starts, [T]
  const shifted = indices.add(first.reshape([tasks, ...Array<number>(indices.rank - 1).fill(1)]));
  return tf.gather(table.reshape([tasks * size, features]), shifted as tf.Tensor1D);
}
