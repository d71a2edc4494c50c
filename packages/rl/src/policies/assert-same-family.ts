import { TasklearnError } from '@tasklearn/core';
import type { ActionDistribution } from './action-distribution.js';

/** @throws `SHAPE_MISMATCH` unless `other` is of this family and size. */
export function assertSameFamily(own: ActionDistribution, other: ActionDistribution): void {
  if (own.family === other.family && own.numbers.shape.join() === other.numbers.shape.join()) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `divergence: expected a ${own.family} with numbers [${own.numbers.shape}], got a ${other.family} with [${other.numbers.shape}]. Compare distributions over the same actions and observations.`,
    { expected: own.family, received: other.family },
  );
}
