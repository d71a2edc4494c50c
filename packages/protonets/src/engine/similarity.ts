import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Similarity } from './metric-learner-parts.js';

/**
 * Minus the squared Euclidean distance: −‖q − c‖².
 *
 * Computed as 2 q·c − ‖q‖² − ‖c‖², one batched product instead of Q·C differences, after the mean centre has been taken from
 * both: without that, embeddings far from the origin lose the distance in rounding.
 */
export function negativeSquaredEuclidean(): Similarity {
  return {
    name: 'negativeSquaredEuclidean',
    compare(_parameters, query, centres) {
      const origin = tf.mean(centres, 1, true); // [T, 1, d]
      const [q, c] = [tf.sub(query, origin), tf.sub(centres, origin)]; // [T, Q, d], [T, C, d]
      const products = tf.mul(tf.matMul(q, c, false, true), 2); // [T, Q, C]
      const queryNorms = tf.sum(tf.square(q), -1, true); // [T, Q, 1]
      const centreNorms = tf.expandDims(tf.sum(tf.square(c), -1), 1); // [T, 1, C]
      return tf.sub(tf.sub(products, centreNorms), queryNorms);
    },
  };
}

/**
 * Scaled cosine: s · q·c / (‖q‖ ‖c‖). A scale of 1 bounds the confidence of a softmax over N classes by e² / (e² + N − 1).
 *
 * @param scale - s > 0.
 */
export function cosine(scale: number): Similarity {
  if (!(Number.isFinite(scale) && scale > 0)) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `cosine: option \`scale\` must be a finite number > 0, got ${scale}.`,
      {
        key: 'scale',
        received: scale,
      },
    );
  }
  return {
    name: 'cosine',
    compare: (_parameters, query, centres) =>
      tf.mul(tf.matMul(directions(query), directions(centres), false, true), scale), // [T, Q, C]
  };
}

/** x / √(‖x‖² + ε): ε inside the root keeps the gradient finite at 0. */
function directions(x: Tensor): Tensor {
  return tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12)));
}
