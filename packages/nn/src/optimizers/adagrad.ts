import type { GradientTransformation } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Rate, scaledRateAt } from './rate.js';
import { SECOND_MOMENT_FLOOR } from './second-moment-floor.js';

/** Hyper-parameters of {@link adagrad}. */
export interface AdagradOptions {
  /** η > 0. */
  readonly learningRate: Rate;
  /** Where G starts, ≥ 0. Default 0. */
  readonly initialAccumulator?: number;
  /** ε > 0. Default 1e-10. */
  readonly epsilon?: number;
}

/** G, the sum of squared gradients, [P]. */
export type AdagradState = { readonly sumOfSquares: Tensor };

/**
 * Adagrad: G ← G + g², θ ← θ − η g / (√G + ε).
 *
 * @see Duchi, Hazan, Singer. Adaptive Subgradient Methods. JMLR 12, 2011.
 */
export function adagrad(options: AdagradOptions): GradientTransformation<AdagradState> {
  const { learningRate, initialAccumulator = 0, epsilon = 1e-10 } = options;
  return {
    init: (size) => ({ sumOfSquares: tf.fill([size], Math.max(initialAccumulator, SECOND_MOMENT_FLOOR)) }),
    update(gradient, state, _parameters, step) {
      const sumOfSquares = state.sumOfSquares.add(tf.square(gradient)); // [P]
      const scaled = gradient.mul(scaledRateAt(learningRate, -1, step)); // [P]
      return { change: scaled.div(tf.sqrt(sumOfSquares).add(epsilon)), state: { sumOfSquares } };
    },
  };
}
