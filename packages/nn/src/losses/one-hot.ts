import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Indicator vectors: y[..., n] = 1 where labels[...] = n, else 0.
 *
 * @param labels - int32 class indices in [0, classes), any shape.
 * @param classes - N.
 * @returns float32, [...labels.shape, N]. The caller disposes.
 */
export function oneHot(labels: Tensor, classes: number): Tensor {
  // Cast, as the wasm backend writes integers whatever type it is asked for.
  return tf.oneHot(labels as tf.Tensor1D, classes).cast('float32');
}
