import type { GradientTransformation } from '@tasklearn/core';
import { type AdamOptions, type AdamState, adam } from './adam.js';
import { scaledRateAt } from './rate.js';

/** Hyper-parameters of {@link adamW}. */
export interface AdamWOptions extends AdamOptions {
  /** λ ≥ 0, multiplied by the learning rate. Default 0.01. */
  readonly weightDecay?: number;
}

/**
 * Adam with decoupled weight decay: θ ← θ − η (m̂ / (√v̂ + ε) + λ θ).
 *
 * @see Loshchilov, Hutter. Decoupled Weight Decay Regularization. ICLR 2019, Algorithm 2. arXiv:1711.05101.
 */
export function adamW(options: AdamWOptions): GradientTransformation<AdamState> {
  const { weightDecay = 0.01, learningRate } = options;
  const base = adam(options);
  return {
    init: base.init,
    update(gradient, state, parameters, step) {
      const next = base.update(gradient, state, parameters, step);
      const decay = parameters.mul(scaledRateAt(learningRate, weightDecay, step)); // [P]
      return { change: next.change.sub(decay), state: next.state };
    },
  };
}
