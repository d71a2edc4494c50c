import type { GradientTransformation } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { type Rate, scaledRateAt } from './rate.js';

/** Hyper-parameters of {@link momentum}. */
export interface MomentumOptions {
  /** η > 0. */
  readonly learningRate: Rate;
  /** μ in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** Looks ahead by one momentum step. Default false. */
  readonly nesterov?: boolean;
}

/** Velocity v, [P]. */
export type MomentumState = { readonly velocity: Tensor };

/**
 * Heavy-ball gradient descent: v ← μ v + g, θ ← θ − η v; Nesterov's form takes θ ← θ − η (g + μ v).
 *
 * @see Polyak, 1964. Sutskever, Martens, Dahl, Hinton. On the importance of initialization and momentum in deep
 * learning. ICML 2013.
 */
export function momentum(options: MomentumOptions): GradientTransformation<MomentumState> {
  const mu = options.momentum ?? 0.9;
  return {
    init: (size) => ({ velocity: tf.zeros([size]) }),
    update(gradient, state, _parameters, step) {
      const velocity = state.velocity.mul(mu).add(gradient); // [P]
      const direction = options.nesterov === true ? velocity.mul(mu).add(gradient) : velocity;
      return { change: direction.mul(scaledRateAt(options.learningRate, -1, step)), state: { velocity } };
    },
  };
}
