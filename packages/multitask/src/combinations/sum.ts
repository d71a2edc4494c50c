import type { GradientCombination } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';

/** The sum of the tasks' losses, each with the task's own weight: plain multi-task learning, one backward pass. */
export function sum(): GradientCombination {
  return {
    needs: 'losses',
    init: () => ({}),
    combine: ({ losses }, state) => ({ combined: tf.onesLike(losses), state }),
  };
}
