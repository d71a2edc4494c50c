import type { GradientCombination } from '@tasklearn/core';
import { requirePositive } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

type State = { readonly logVariances: Tensor };

/**
 * Losses weighted by learned noise: min Σ_t e^{−s_t} L_t + s_t over θ and s, with s_t = log σ_t².
 *
 * s follows its own gradient, 1 − e^{−s_t} L_t, by steps of `rate`, so that at rest e^{−s_t} = 1 / L_t: a task with large loss,
 * taken for noisy, weighs less. Gradients longer than 1 are shortened to 1, since a step of a loss in the thousands would carry s
 * far beyond log L_t, from where it takes as many updates to return.
 *
 * @throws `INVALID_OPTION` for a rate that is not positive.
 * @see Kendall, Gal, Cipolla. Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics. CVPR 2018.
 */
export function uncertaintyWeighting({ rate = 0.01 }: { readonly rate?: number } = {}): GradientCombination {
  requirePositive('uncertaintyWeighting', { rate }, 'rate');
  const combination: GradientCombination<State> = {
    needs: 'losses',
    init: (tasks) => ({ logVariances: tf.zeros([tasks]) }),
    combine({ losses }, { logVariances }) {
      const precisions = tf.exp(tf.neg(logVariances)); // [T]
      const gradient = tf.maximum(tf.sub(1, precisions.mul(losses)), -1); // [T]
      return { combined: precisions, state: { logVariances: logVariances.sub(gradient.mul(rate)) } };
    },
  };
  return combination as unknown as GradientCombination;
}
