import type { GradientTransformation } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { AdamOptions } from './adam.js';
import { scaledRateAt } from './rate.js';

/** Decayed sum of gradients, m = (1 − β₁) · `sum`, and decayed largest magnitude u; [P] each. */
export type AdamaxState = { readonly sum: Tensor; readonly largest: Tensor };

/**
 * Adamax: m ← β₁ m + (1 − β₁) g, u ← max(β₂ u, |g|), θ ← θ − η / (1 − β₁ᵗ) · m / (u + ε).
 *
 * @see Kingma, Ba. Adam. ICLR 2015, Algorithm 2. arXiv:1412.6980. The paper has no ε; it guards 0/0.
 */
export function adamax(options: AdamOptions): GradientTransformation<AdamaxState> {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    init: (size) => ({ sum: tf.zeros([size]), largest: tf.zeros([size]) }),
    update(gradient, state, _parameters, step) {
      const sum = state.sum.mul(beta1).add(gradient); // [P]
      const largest = tf.maximum(state.largest.mul(beta2), tf.abs(gradient)); // [P]
      const correction = tf.sub(1, tf.pow(beta1, step.add(1))); // []
      const rate = scaledRateAt(learningRate, beta1 - 1, step);
      const size = tf.div(rate, correction);
      return { change: sum.mul(size).div(largest.add(epsilon)), state: { sum, largest } };
    },
  };
}
