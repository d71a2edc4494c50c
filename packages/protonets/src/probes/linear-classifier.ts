import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { LinearClassifier } from './probe-head.js';

/** x W + b, [T, Q, N]. */
export function linearLogits({ weight, bias }: LinearClassifier, features: Tensor): Tensor {
  return tf.add(tf.matMul(features, weight), tf.expandDims(bias, 1));
}

/** Features with a last column of ones, [T, S, d + 1]. */
export function withOnes(features: Tensor): Tensor {
  const [tasks = 0, items = 0] = features.shape;
  return tf.concat([features, tf.ones([tasks, items, 1])], 2);
}

/** Weights on features and ones, [T, d + 1, N], as weight and bias. */
export function splitOffBias(weights: Tensor): LinearClassifier {
  const [tasks = 0, rows = 0, classes = 0] = weights.shape;
  return {
    weight: tf.slice(weights, [0, 0, 0], [tasks, rows - 1, classes]),
    bias: tf.reshape(tf.slice(weights, [0, rows - 1, 0], [tasks, 1, classes]), [tasks, classes]),
  };
}
