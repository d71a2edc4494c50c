import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Positions begin .. begin + size − 1 of one axis (negative: from the end), all of the others. */
export function sliceAxis(x: Tensor, axis: number, begin: number, size: number): Tensor {
  const index = axis < 0 ? axis + x.rank : axis;
  const begins = x.shape.map((_length, position) => (position === index ? begin : 0));
  const sizes = x.shape.map((length, position) => (position === index ? size : length));
  return tf.slice(x, begins, sizes);
}
