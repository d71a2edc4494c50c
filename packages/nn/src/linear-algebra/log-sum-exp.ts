import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** log Σ exp x over one axis, kept; ∂/∂x = softmax(x), itself by this function, so right to every order. */
function keptLogSumExp(x: Tensor, axis: number): Tensor {
  const op = tf.customGrad((...args) => {
    const [given, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
    save([given]);
    const largest = given.max(axis, true);
    const value = tf.log(tf.sum(tf.exp(given.sub(largest)), axis, true)).add(largest);
    const gradFunc = (dy: Tensor, [saved]: Tensor[]) => {
      const input = saved as Tensor;
      return tf.exp(input.sub(keptLogSumExp(input, axis))).mul(dy);
    };
    return { value, gradFunc };
  });
  return op(x);
}

/**
 * log Σ exp x over one axis, for numbers of any size: the largest is taken out first.
 *
 * @param x - any shape; at least one number of each sum must be finite.
 * @param axis - the axis to sum over; negative counts from the end. Default −1.
 * @returns the shape of x without that axis. The caller disposes. Right to every order of derivative.
 */
export function logSumExp(x: Tensor, axis = -1): Tensor {
  const index = axis < 0 ? axis + x.rank : axis;
  return keptLogSumExp(x, index).reshape(x.shape.filter((_length, position) => position !== index));
}
