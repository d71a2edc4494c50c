import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { diagonal, gramMatrix, TINY } from '../combinations/gram.js';

/** How the tasks' gradients stand to each other. */
export interface GradientConflict {
  /** ‖g_i‖, [T]. */
  readonly norms: Tensor;
  /** cos(g_i, g_j) = K_ij / √(K_ii K_jj), [T, T]; 0 where a gradient vanishes. Below zero two tasks conflict. */
  readonly cosines: Tensor;
  /** 2 ‖g_i‖ ‖g_j‖ / (‖g_i‖² + ‖g_j‖²), [T, T]: 1 for equal lengths, near 0 where one dwarfs the other. */
  readonly magnitudes: Tensor;
}

/**
 * Conflict and imbalance of the tasks' gradients; recordable.
 *
 * @param gradients - [T, P], e.g. of `taskGradients` of core.
 * @returns tensors that the caller disposes.
 * @see Yu, Kumar, Gupta, Levine, Hausman, Finn. Gradient Surgery for Multi-Task Learning. NeurIPS 2020, definitions 1-3.
 */
export function gradientConflict(gradients: Tensor): GradientConflict {
  const gram = gramMatrix(gradients); // [T, T]
  const squares = diagonal(gram); // [T]
  const norms = tf.sqrt(squares);
  const products = norms.expandDims(1).mul(norms.expandDims(0));
  const sums = squares.expandDims(1).add(squares.expandDims(0));
  return {
    norms,
    cosines: gram.div(tf.maximum(products, TINY)),
    magnitudes: products.mul(2).div(tf.maximum(sums, TINY)),
  };
}
