import type { Tensor } from '@tensorflow/tfjs';
import type { EpisodeBatch, EpisodeSpec, MetaLoss, Support } from './episode.js';
import type { GradientTransformation } from './gradient-transformation.js';
import type { PredictiveDistribution } from './predictive-distribution.js';
import type { Rng } from './randomness/rng.js';
import type { Tree } from './tree/tree.js';

/**
 * Few-shot and meta-learning: pure, recordable functions over trees, batched over the task axis `T`.
 * A learner never sees a task's identity, and `adapt` and `predict` never see query targets.
 *
 * The meta-training loop differentiates `metaLoss` and applies `optimizer`, unless the learner gives its
 * own `metaGradient`. A learner with neither is not meta-trained (nearest neighbour, from scratch).
 */
export interface EpisodicLearner<
  Theta extends Tree<Tensor> = Tree<Tensor>,
  Phi extends Tree<Tensor> = Tree<Tensor>,
> {
  readonly kind: 'episodic';
  /** Meta-parameters θ for episodes of this spec. The caller disposes. `{}` where there are none. */
  init(spec: EpisodeSpec, rng: Rng): Theta;
  /** The outer objective on T episodes; support and query are both visible here. */
  metaLoss?(theta: Theta, episodes: EpisodeBatch, rng: Rng, spec: EpisodeSpec): MetaLoss;
  /** The learner's own outer gradient (Reptile, implicit gradients), of θ's structure. */
  metaGradient?(
    theta: Theta,
    episodes: EpisodeBatch,
    rng: Rng,
    spec: EpisodeSpec,
  ): { readonly gradient: Theta; readonly metrics: MetaLoss['metrics'] };
  /** How the outer gradient becomes a change of θ. Required with `metaLoss` or `metaGradient`. */
  readonly optimizer?: GradientTransformation;
  /** φ, a first-class tree with leading task axis where it differs between tasks. */
  adapt(theta: Theta, support: Support, rng: Rng, spec: EpisodeSpec): Phi;
  /** p(y | x, φ) for inputs [T, Q, ...]. */
  predict(theta: Theta, phi: Phi, inputs: Tensor, rng: Rng, spec: EpisodeSpec): PredictiveDistribution;
}
