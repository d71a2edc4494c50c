import { TasklearnError, type Tree } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { differentiate } from './differentiate.js';

function assertScalar(value: unknown): asserts value is Scalar {
  if (value instanceof tf.Tensor && value.rank === 0) return;
  const actual = value instanceof tf.Tensor ? value.shape : typeof value;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `valueAndGradients: the function must return a scalar, shape [], got ${JSON.stringify(actual)}. Sum or average its result.`,
    { expected: [], actual },
  );
}

/**
 * The value of a function and its derivative in every leaf of its argument.
 *
 * The derivative is with respect to the argument alone: whatever else `fn` uses counts as constant, even where it
 * was computed from the same tensors. (Write the dependence inside `fn`, or use `totalGradients`, to have it
 * counted.) Inside another `gradients`, the result can be differentiated again.
 *
 * @param fn - takes a tree of tensors, returns a scalar, shape []. Its intermediate tensors are disposed.
 * @param tree - float32 tensors of any shape; not modified, not disposed.
 * @returns the value, and gradients of `tree`'s structure and shapes: zeros for a leaf that `fn` does not use. The
 * caller disposes.
 * @throws `SHAPE_MISMATCH` if `fn` does not return a scalar.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { valueAndGradients } from '@tasklearn/nn';
 *
 * const { value, gradients } = valueAndGradients(({ w }) => w.square().sum().asScalar(), { w: tf.tensor1d([1, 2]) });
 * value.dataSync()[0]; // => 5
 * [...gradients.w.dataSync()]; // => [2, 4]
 * ```
 */
export function valueAndGradients<T extends Tree<Tensor>>(
  fn: (tree: T) => Scalar,
  tree: T,
): { readonly value: Scalar; readonly gradients: T } {
  const { value, gradients: derivative } = differentiate((at: T) => {
    const result = fn(at);
    assertScalar(result);
    return result;
  }, tree);
  return { value: value as Scalar, gradients: derivative };
}

/**
 * The derivative of a scalar function in every leaf of its argument, as {@link valueAndGradients} without the value.
 *
 * @throws `SHAPE_MISMATCH` if `fn` does not return a scalar.
 */
export function gradients<T extends Tree<Tensor>>(fn: (tree: T) => Scalar, tree: T): T {
  const { value, gradients: derivative } = valueAndGradients(fn, tree);
  value.dispose();
  return derivative;
}
