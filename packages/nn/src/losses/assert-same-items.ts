import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** @throws `SHAPE_MISMATCH` unless outputs and targets hold as many numbers for the same T and B. */
export function assertSameItems(caller: string, outputs: Tensor, targets: Tensor, ratio = 1): void {
  const fits =
    outputs.rank >= 2 &&
    outputs.shape[0] === targets.shape[0] &&
    outputs.shape[1] === targets.shape[1] &&
    outputs.size === ratio * targets.size;
  if (fits) return;
  const times = ratio === 1 ? 'as many numbers' : `${ratio} times as many numbers`;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${caller}: expected outputs [T, B, ...] with ${times} as targets [T, B, ...], got outputs [${outputs.shape}] and targets [${targets.shape}].`,
    { expected: targets.shape, actual: outputs.shape },
  );
}
