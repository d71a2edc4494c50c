import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { GradientTransformation } from '../index.js';

/** Plain gradient descent. */
export function descent(rate: number): GradientTransformation {
  return {
    init: () => ({}),
    update: (gradient, state) => ({ change: tf.mul(gradient, -rate), state }),
  };
}

/** Gradient descent with momentum 0.9, so that there is a state worth resuming. */
export function momentum(rate: number): GradientTransformation<{ velocity: Tensor }> {
  return {
    init: (size) => ({ velocity: tf.zeros([size]) }),
    update: (gradient, { velocity }) => {
      const next = tf.add(tf.mul(velocity, 0.9), gradient);
      return { change: tf.mul(next, -rate), state: { velocity: next } };
    },
  };
}
