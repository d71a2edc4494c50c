import type { GradientTransformation } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Rate, scaledRateAt } from './rate.js';
import { SECOND_MOMENT_FLOOR } from './second-moment-floor.js';

/** Hyper-parameters of {@link rmsProp}. */
export interface RmsPropOptions {
  /** η > 0. */
  readonly learningRate: Rate;
  /** ρ in [0, 1). Default 0.9. */
  readonly decay?: number;
  /** ε > 0. Default 1e-8. */
  readonly epsilon?: number;
}

/** Decayed sum of squares, v = (1 − ρ) · `sumOfSquares`, [P]. */
export type RmsPropState = { readonly sumOfSquares: Tensor };

/**
 * RMSprop: v ← ρ v + (1 − ρ) g², θ ← θ − η g / (√v + ε).
 *
 * @see Tieleman, Hinton. Lecture 6.5: rmsprop. Coursera, 2012.
 */
export function rmsProp(options: RmsPropOptions): GradientTransformation<RmsPropState> {
  const { learningRate, decay = 0.9, epsilon = 1e-8 } = options;
  const scale = 1 / Math.sqrt(1 - decay);
  return {
    init: (size) => ({ sumOfSquares: tf.fill([size], SECOND_MOMENT_FLOOR) }),
    update(gradient, state, _parameters, step) {
      const sumOfSquares = state.sumOfSquares.mul(decay).add(tf.square(gradient)); // [P]
      const scaled = gradient.mul(scaledRateAt(learningRate, -scale, step)); // [P]
      return { change: scaled.div(tf.sqrt(sumOfSquares).add(epsilon * scale)), state: { sumOfSquares } };
    },
  };
}
