import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Keeps a division by the norm of a vanished gradient finite. */
export const TINY = 1e-12;

/** K = G Gᵀ, [T, T]: the inner products of the tasks' gradients. */
export function gramMatrix(gradients: Tensor): Tensor {
  return tf.matMul(gradients, gradients, false, true);
}

/** The diagonal of a square matrix, [T]. */
export function diagonal(matrix: Tensor): Tensor {
  return tf.sum(matrix.mul(tf.eye(matrix.shape[0] as number)), 1);
}

/** w G, [P], for weights [T]. */
export function weightedSum(weights: Tensor, gradients: Tensor): Tensor {
  return tf.matMul(weights.expandDims(0), gradients).squeeze([0]);
}
