import type { Tensor } from '@tensorflow/tfjs';
import type { Rng } from './randomness/rng.js';

/**
 * p(y | x, φ) for a batch of inputs [T, B, ...]. Recordable: every method builds tensors only.
 * `nn` implements the usual families.
 */
export interface PredictiveDistribution {
  /** `categorical`, `bernoulli`, `gaussian`, `gaussianMixture`, `delta`, `mixture`, or a plugin's own. */
  readonly family: string;
  /** What defines it, by the family's own names, e.g. `{ logits }` with logits [T, B, N]. */
  readonly parameters: { readonly [name: string]: Tensor };
  /** E[y]: class probabilities [T, B, N] for a categorical, else [T, B, ...target.shape]. */
  mean(): Tensor;
  /** log p(y) for targets as in an episode, [T, B]. */
  logProbability(targets: Tensor): Tensor;
  /** Draws y: int32 [T, B] for a categorical, else [T, B, ...target.shape]. */
  sample(rng: Rng): Tensor;
  /** Entropy in nats, [T, B]. Absent where it has no closed form. */
  entropy?(): Tensor;
  /** Variance, shape of `mean()`. Absent where it has no closed form. */
  variance?(): Tensor;
}
