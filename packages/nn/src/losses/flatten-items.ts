import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * One vector per item: [T, B, ...rest] as [T, B, D].
 *
 * @throws `SHAPE_MISMATCH` if x has no T and B axes.
 */
export function flattenItems(x: Tensor): Tensor {
  if (x.rank === 3) return x;
  const [tasks, items] = x.shape;
  if (tasks === undefined || items === undefined) {
    throw new TasklearnError('SHAPE_MISMATCH', `Expected a tensor [T, B, ...], got [${x.shape}].`, {
      actual: x.shape,
    });
  }
  return x.reshape([tasks, items, x.size / (tasks * items)]);
}
