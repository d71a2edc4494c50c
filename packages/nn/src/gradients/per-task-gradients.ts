import { disposeTree, leavesOf, mapTree, TasklearnError, type Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { differentiate } from './differentiate.js';

function tiled(parameters: Tensor, tasks: number): Tensor {
  return tf.tile(parameters.expandDims(0), [tasks, ...Array<number>(parameters.rank).fill(1)]);
}

/**
 * The gradient of each task's own loss in parameters that the tasks share, in one pass: the parameters are repeated for
 * every task, and the sum of the losses is differentiated in the repeats.
 *
 * @param losses - takes parameters with a leading task axis on every leaf, returns the losses [T].
 * @param parameters - shared parameters, float32, without the task axis; not disposed.
 * @param tasks - T, >= 1.
 * @returns the losses [T], and gradients of `parameters`' structure whose leaves are [T, ...leaf]; their sum over T is the
 * gradient of the summed loss. The caller disposes.
 * @throws `SHAPE_MISMATCH` if `losses` does not return [T].
 */
export function perTaskGradients<P extends Tree<Tensor>>(
  losses: (parameters: P) => Tensor,
  parameters: P,
  tasks: number,
): { readonly losses: Tensor; readonly gradients: P } {
  const repeated = mapTree(parameters, (leaf: Tensor) => tiled(leaf, tasks)) as P;
  const { value, gradients } = differentiate((tree: P) => {
    const found = losses(tree);
    if (found.shape.join() === `${tasks}`) return found;
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `perTaskGradients: the function must return one loss per task, shape [${tasks}], got [${found.shape}].`,
      { expected: [tasks], actual: found.shape },
    );
  }, repeated);
  disposeTree(repeated);
  return { losses: value, gradients };
}

/**
 * Per-task gradients as one matrix: each leaf [T, ...] in a row, leaves in flattening order, as `flattenTree` orders them.
 *
 * @param gradients - leaves [T, ...].
 * @returns [T, P]. The caller disposes.
 */
export function flattenPerTask(gradients: Tree<Tensor>): Tensor {
  return tf.tidy(() =>
    tf.concat(
      leavesOf(gradients).map((leaf: Tensor) => leaf.reshape([leaf.shape[0] as number, -1])),
      1,
    ),
  );
}
