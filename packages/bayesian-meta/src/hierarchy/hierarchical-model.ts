import type { LabelledSet } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * θ → φ → y given x, with φ a vector of d numbers per task: what an inference engine needs to know, and no network in it.
 * Samples, particles or chains are an axis: φ is [T, S, d]. θ is fixed inside.
 */
export interface HierarchicalModel {
  /** d, numbers in φ. */
  readonly dimension: number;
  /** φ ~ p(φ | θ) from standard normal numbers ε, [T, S, d]. */
  samplePrior(noise: Tensor): Tensor;
  /** log p(φ | θ), [T, S]. */
  logPrior(phi: Tensor): Tensor;
  /** Σ log p(y | x, φ) over the items that count, [T, S], for inputs [T, K, ...] and targets [T, K]. */
  logLikelihood(phi: Tensor, data: LabelledSet): Tensor;
}

/** log p(D, φ | θ) = log p(φ | θ) + Σ log p(y | x, φ), [T, S]: the log posterior but for a constant. */
export function logJoint(model: HierarchicalModel, phi: Tensor, data: LabelledSet): Tensor {
  return model.logPrior(phi).add(model.logLikelihood(phi, data));
}
