import type { GradientTransformation } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';

/** Inside the root, so that its slope is finite for a gradient of 0. */
const FLOOR = 1e-30;

/**
 * Shortens a gradient that is longer than c: g ← g · c / max(‖g‖, c). To be put before an optimiser with `chain`.
 *
 * @param maximumNorm - c > 0. The norm is over the last axis: of a gradient [T, P], each task's is clipped by itself.
 * @see Pascanu, Mikolov, Bengio. On the difficulty of training recurrent neural networks. ICML 2013. arXiv:1211.5063.
 */
export function clipByGlobalNorm(maximumNorm: number): GradientTransformation<Record<never, never>> {
  return {
    init: () => ({}),
    update(gradient, state) {
      const norm = tf.sqrt(tf.sum(tf.square(gradient), -1, true).add(FLOOR)); // [1]
      return { change: gradient.mul(tf.div(maximumNorm, tf.maximum(norm, maximumNorm))), state };
    },
  };
}
