import type { GradientTransformation } from '@tasklearn/core';
import { type Rate, scaledRateAt } from './rate.js';

/**
 * Gradient descent: θ ← θ − η g.
 *
 * @param learningRate - η > 0, a number, schedule or tensor.
 */
export function sgd(learningRate: Rate): GradientTransformation<Record<never, never>> {
  return {
    init: () => ({}),
    update: (gradient, state, _parameters, step) => ({
      change: gradient.mul(scaledRateAt(learningRate, -1, step)), // [P]
      state,
    }),
  };
}
