import { oneHot } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import type { ClassModel } from './metric-learner-parts.js';

/**
 * One centre per class, the mean of its support items. Written as one batched product of indicators and embeddings.
 *
 * c_n = Σ_i m_i 1[y_i = n] f(x_i) / Σ_i m_i 1[y_i = n]
 *
 * @see Snell, Swersky, Zemel. Prototypical Networks for Few-shot Learning. NeurIPS 2017, equation 1.
 */
export function prototypes(): ClassModel {
  return {
    name: 'prototypes',
    build(embedded, { targets, mask }, classes) {
      const indicators = oneHot(targets, classes); // [T, S, N]
      const weights = mask === undefined ? indicators : tf.mul(indicators, tf.expandDims(mask, -1)); // [T, S, N]
      const counts = tf.sum(weights, 1); // [T, N]
      const sums = tf.matMul(weights, embedded, true, false); // [T, N, d]
      const centres = tf.div(sums, tf.expandDims(tf.maximum(counts, 1), -1)); // [T, N, d]
      const tasks = embedded.shape[0] as number;
      const owner = tf.add(tf.expandDims(tf.eye(classes), 0), tf.zeros([tasks, 1, 1])); // [T, N, N]
      return mask === undefined ? { centres, owner } : { centres, owner, active: tf.minimum(counts, 1) };
    },
  };
}

/** Every support item is a centre of its own class. */
export function items(): ClassModel {
  return {
    name: 'items',
    build: (embedded, { targets, mask }, classes) => ({
      centres: embedded, // [T, S, d]
      owner: oneHot(targets, classes), // [T, S, N]
      ...(mask && { active: mask }),
    }),
  };
}
