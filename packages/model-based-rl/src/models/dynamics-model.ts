import type { Rng } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';

/** What is predicted of the change of each number of the observation, in normalised units. */
export interface Prediction {
  /** [G, R, O]. */
  readonly mean: Tensor;
  /** log σ², [G, R, O]; absent where the model says nothing of its errors: σ = 1 in normalised units. */
  readonly logVariance?: Tensor;
}

/**
 * A model of dynamics: s′ = s + Δ, where Δ is predicted from (s, a), everything in normalised units. The members of an
 * ensemble are the leading axis of every parameter, G, and of every input: there is no loop over members.
 */
export interface DynamicsModel {
  /** Members of the ensemble, G of what `init` returns. */
  readonly members: number;
  /** Whether predictions carry a variance. */
  readonly probabilistic: boolean;
  /** Parameters; every leaf [members, ...]. The caller disposes. */
  init(rng: Rng): Parameters;
  /**
   * What comes next, as a normalised change of the observation.
   *
   * @param parameters - leaves [G, ...]; G need not be `members`: sets of parameters adapted to G trials are as good.
   * @param inputs - normalised observation and action, [G, R, O + A].
   */
  predict(parameters: Parameters, inputs: Tensor): Prediction;
  /** What is added to the training loss, []. */
  penalty?(parameters: Parameters): Scalar;
}

/** Sizes of what a model takes and gives. */
export interface DynamicsSizes {
  /** Numbers in an observation, O. */
  readonly observation: number;
  /** Numbers in an action as models take it, A: one per choice where actions are discrete. */
  readonly action: number;
}
