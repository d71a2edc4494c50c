import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A constant [size, size]: `diagonal` on the diagonal, 1 below, 0 above. */
export function lowerMask(size: number, diagonal = 1): Tensor {
  const values = Float32Array.from({ length: size * size }, (_, index) => {
    const [row, column] = [Math.floor(index / size), index % size];
    if (row === column) return diagonal;
    return row > column ? 1 : 0;
  });
  return tf.tensor2d(values, [size, size]);
}
