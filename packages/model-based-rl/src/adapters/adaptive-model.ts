import type { Rng, Tree } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { NormalizedTransitions } from '../models/normalizer.js';
import type { Predictor } from '../models/predictor.js';

/** The last M transitions of each trial, oldest first; the mask is 0 where there are none yet. */
export interface Window {
  /** Leaves [T, M, ...]. */
  readonly transitions: NormalizedTransitions;
  /** [T, M]. */
  readonly mask: Tensor;
}

/**
 * A model of dynamics and how it follows what happens: the model-based counterpart of a few-shot learner, whose support
 * set is the last M transitions. Pure and recordable.
 */
export interface AdaptiveModel<Theta extends Tree<Tensor> = Tree<Tensor>> {
  /** What training is given: single transitions [G, B, ...], or windows of consecutive ones [G, M + K, ...]. */
  readonly batch:
    | { readonly kind: 'transitions'; readonly groups: number }
    | { readonly kind: 'windows'; readonly support: number; readonly query: number };
  /** M: transitions that `adapt` looks back on; 0 where it does not. */
  readonly window: number;
  /** Parameters θ. The caller disposes. */
  init(rng: Rng): Theta;
  /** What training minimises, []. */
  loss(theta: Theta, batch: NormalizedTransitions, rng: Rng): Scalar;
  /** The model for T trials, each with its own last transitions. */
  adapt(theta: Theta, window: Window, rng: Rng): Predictor;
}
