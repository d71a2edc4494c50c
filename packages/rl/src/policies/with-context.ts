import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Observations with the context beside them, [T, B, O + Z].
 *
 * @throws `SHAPE_MISMATCH` if there is no context where one of Z numbers belongs, or one where none does.
 */
export function withContext(
  owner: string,
  observations: Tensor,
  context: Tensor | undefined,
  size: number,
): Tensor {
  const given = context === undefined ? 0 : (context.shape[context.rank - 1] as number);
  if (given !== size) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `${owner}: expected a context of ${size} numbers, got ${given}. Set \`contextSize\` to what is passed to \`apply\`.`,
      { expected: size, received: given },
    );
  }
  if (context === undefined) return observations;
  const [tasks, items] = observations.shape as [number, number];
  const own = context.shape[1] === items ? context : tf.tile(context, [1, items, 1]);
  const everyTask = own.shape[0] === tasks ? own : tf.tile(own, [tasks, 1, 1]);
  return tf.concat([observations, everyTask], 2); // [T, B, O + Z]
}
