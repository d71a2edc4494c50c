import { type GradientCombination, requireNonNegative, requirePositive } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { TINY, weightedSum } from './gram.js';

type State = {
  /** w, [T], sum T. */
  readonly weights: Tensor;
  /** L(0), [T]; 0 before the first update. */
  readonly initialLosses: Tensor;
};

/** What {@link gradNorm} may be told. */
export interface GradNormOptions {
  /** α ≥ 0: how strongly tasks that lag behind are pulled. Default 1.5. */
  readonly asymmetry?: number;
  /** Step of the weights. Default 0.025. */
  readonly rate?: number;
}

/**
 * Weights that bring the tasks' gradient norms to a common scale and their training rates to a common pace.
 *
 * G_t = w_t ‖g_t‖, r_t = (L_t / L_t(0)) / mean; w descends Σ_t |G_t − mean(G) r_t^α| with the target held fixed, then
 * is scaled to sum T; the shared parameters follow Σ w_t g_t. The norm is taken over all shared parameters (the paper takes
 * the last shared layer).
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Chen, Badrinarayanan, Lee, Rabinovich. GradNorm. ICML 2018. arXiv:1711.02257.
 */
export function gradNorm({ asymmetry = 1.5, rate = 0.025 }: GradNormOptions = {}): GradientCombination {
  requireNonNegative('gradNorm', { asymmetry }, 'asymmetry');
  requirePositive('gradNorm', { rate }, 'rate');
  const combination: GradientCombination<State> = {
    needs: 'gradients',
    init: (tasks) => ({ weights: tf.ones([tasks]), initialLosses: tf.zeros([tasks]) }),
    combine({ losses, gradients = tf.zeros([losses.size, 0]) }, { weights, initialLosses }) {
      const tasks = losses.shape[0] as number;
      const first = tf.cast(tf.sum(initialLosses).equal(0), 'float32');
      const start = initialLosses.add(losses.mul(first)); // [T]
      const norms = tf.sqrt(tf.sum(tf.square(gradients), 1).add(TINY)); // ‖g_t‖, [T]
      const weighted = weights.mul(norms); // G, [T]
      const progress = losses.div(tf.maximum(start, TINY));
      const pace = progress.div(tf.maximum(tf.mean(progress), TINY)); // r, [T]
      const target = tf.mean(weighted).mul(tf.pow(pace, asymmetry));
      const slope = tf.sign(weighted.sub(target)).mul(norms); // ∂/∂w_t
      const moved = tf.maximum(weights.sub(slope.mul(rate)), 1e-3);
      const next = moved.mul(tasks).div(tf.sum(moved));
      return {
        combined: weightedSum(weights, gradients),
        state: { weights: next, initialLosses: start },
      };
    },
  };
  return combination as unknown as GradientCombination;
}
