import { requireInteger, requirePositive } from '@tasklearn/core';
import { choleskySolve, oneHot } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { linearLogits, splitOffBias, withOnes } from './linear-classifier.js';
import type { LinearClassifier, ProbeHead } from './probe-head.js';

/** How a logistic probe is fitted. */
export interface LogisticHeadOptions {
  /** λ > 0. */
  readonly regularization: number;
  /** Newton-like steps, >= 1. */
  readonly iterations: number;
}

/**
 * Multinomial logistic regression with L2 regularisation, the bias included.
 *
 * min_W  mean_i −log softmax(x_i W)_{y_i} + (λ/2) ‖W‖²
 *
 * Every step solves with one fixed matrix that bounds the Hessian from above, ½ XᵀX / n + λI, so the objective falls at every step
 * and nothing has to be searched. W = Xᵀ A, so that the system has the size of the support set, not of the features:
 * A ← A − (K / 2n + λI)⁻¹ [(P − Y) / n + λA], K = X Xᵀ.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Böhning. Multinomial logistic regression algorithm. Annals of the Institute of Statistical Mathematics, 1992.
 */
export function logisticHead(options: LogisticHeadOptions): ProbeHead<LinearClassifier> {
  const regularization = requirePositive('logisticHead', options, 'regularization');
  const iterations = requireInteger('logisticHead', options, 'iterations');
  return {
    name: 'logistic',
    fit(features, { targets, mask }, classes) {
      const [tasks = 0, items = 0] = features.shape;
      const counts = tf.expandDims(mask ?? tf.ones([tasks, items]), -1); // [T, S, 1]
      const x = tf.mul(withOnes(features), counts); // [T, S, d + 1]
      const y = oneHot(targets, classes); // [T, S, N]
      const n = tf.maximum(tf.sum(counts, 1, true), 1); // [T, 1, 1]
      const kernel = tf.matMul(x, x, false, true); // [T, S, S]
      const bound = tf.add(tf.div(tf.mul(kernel, 0.5), n), tf.mul(tf.eye(items), regularization));
      const inverse = choleskySolve(bound, tf.add(tf.eye(items), tf.zerosLike(bound))); // [T, S, S]
      let a: Tensor = tf.zerosLike(y);
      for (let step = 0; step < iterations; step++) {
        const p = tf.softmax(tf.matMul(kernel, a)); // [T, S, N]
        const slope = tf.add(tf.div(tf.mul(tf.sub(p, y), counts), n), tf.mul(a, regularization));
        a = tf.sub(a, tf.matMul(inverse, slope));
      }
      return splitOffBias(tf.matMul(x, a, true, false));
    },
    logits: linearLogits,
  };
}
