import type { GradientTransformation } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Rate, scaledRateAt } from './rate.js';
import { SECOND_MOMENT_FLOOR } from './second-moment-floor.js';

/** Hyper-parameters of {@link adam}. */
export interface AdamOptions {
  /** η > 0. */
  readonly learningRate: Rate;
  /** β₁ in [0, 1), decay of the mean. Default 0.9. */
  readonly beta1?: number;
  /** β₂ in [0, 1), decay of the mean square. Default 0.999. */
  readonly beta2?: number;
  /** ε > 0. Default 1e-8. */
  readonly epsilon?: number;
}

/** Decayed sums, [P] each: m = (1 − β₁) · `sum`, v = (1 − β₂) · `sumOfSquares`. */
export type AdamState = { readonly sum: Tensor; readonly sumOfSquares: Tensor };

/**
 * Adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← θ − η m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and
 * v̂ = v / (1 − β₂ᵗ).
 *
 * The state keeps the sums M = m / (1 − β₁) and V = v / (1 − β₂), and the constants go into two scalars, so that an
 * update is nine passes over the parameters: with r = √((1 − β₂ᵗ) / (1 − β₂)),
 * θ ← θ − M · η r (1 − β₁) / (1 − β₁ᵗ) / (√V + ε r). Differentiable, for use in an inner loop.
 *
 * @see Kingma, Ba. Adam: A Method for Stochastic Optimization. ICLR 2015, Algorithm 1. arXiv:1412.6980.
 */
export function adam(options: AdamOptions): GradientTransformation<AdamState> {
  const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    init: (size) => ({ sum: tf.zeros([size]), sumOfSquares: tf.fill([size], SECOND_MOMENT_FLOOR) }),
    update(gradient, state, _parameters, step) {
      const sum = state.sum.mul(beta1).add(gradient); // [P]
      const sumOfSquares = state.sumOfSquares.mul(beta2).add(tf.square(gradient)); // [P]
      const t = step.add(1); // []
      const r = tf.sqrt(tf.sub(1, tf.pow(beta2, t)).mul(1 / (1 - beta2))); // []
      const size = r.mul(scaledRateAt(learningRate, beta1 - 1, step)).div(tf.sub(1, tf.pow(beta1, t)));
      const change = sum.mul(size).div(tf.sqrt(sumOfSquares).add(r.mul(epsilon))); // [P]
      return { change, state: { sum, sumOfSquares } };
    },
  };
}
