import type { GradientTransformation } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';

/**
 * Clips every number of a gradient to [−limit, limit]. To be put before an optimiser with `chain`.
 *
 * @param limit - > 0. MAML's released code clips the outer gradient to 10 on miniImageNet.
 */
export function clipByValue(limit: number): GradientTransformation<Record<never, never>> {
  return {
    init: () => ({}),
    update: (gradient, state) => ({ change: tf.maximum(tf.minimum(gradient, limit), -limit), state }),
  };
}
