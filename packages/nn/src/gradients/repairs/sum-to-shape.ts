import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * The adjoint of broadcasting: sums x over the axes along which a tensor of `shape` was repeated to make it.
 *
 * @param x - of a shape that `shape` broadcasts to.
 * @returns shape `shape`; a new tensor, even where nothing is summed.
 */
export function sumToShape(x: Tensor, shape: readonly number[]): Tensor {
  const missing = x.rank - shape.length;
  const axes = x.shape.flatMap((length, axis) =>
    axis < missing || (shape[axis - missing] === 1 && length > 1) ? [axis] : [],
  );
  return (axes.length > 0 ? tf.sum(x, axes) : x).reshape([...shape]);
}
