import { leavesOf, type Tree, zipTrees } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Σ a · b over all elements of all leaves, a scalar: trees of the same structure and shapes. The caller disposes. */
export function treeDot(a: Tree<Tensor>, b: Tree<Tensor>): Scalar {
  return tf.tidy(() => {
    const products = leavesOf(zipTrees((x: Tensor, y: Tensor) => tf.sum(tf.mul(x, y)), a, b)) as Scalar[];
    return products.reduce((sum, product) => tf.add(sum, product), tf.scalar(0) as Scalar);
  });
}
