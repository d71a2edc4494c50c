import type { JointParameters, JointSpec, Rng, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Layers by name. */
export type Layers = { readonly [layer: string]: Tree<Tensor> };

/** θ: which layers all tasks share, and which each task has of its own. */
export type MultiTaskParameters = JointParameters & { readonly shared: Layers; readonly perTask: Layers };

/** What a pass may want to know. */
export interface PassContext {
  /** z, [T, Z]. */
  readonly descriptors: Tensor;
  /** Noise, in training only: gate dropout. */
  readonly rng?: Rng;
}

/** From inputs to one feature vector per task and item; heads come after it. */
export interface Architecture {
  /** Numbers in a feature vector for inputs of this shape, H. */
  featureSize(spec: JointSpec): number;
  /** θ but for the heads. The caller disposes. */
  init(spec: JointSpec, rng: Rng): MultiTaskParameters;
  /**
   * @param theta - as from `init`; leaves of `shared` may carry a leading task axis.
   * @param inputs - [T, B, ...], or [1, B, ...] where all tasks share them.
   * @returns [T, B, H].
   */
  features(theta: MultiTaskParameters, inputs: Tensor, spec: JointSpec, context: PassContext): Tensor;
  /** Whether each task has a head of its own, or the tasks of a group have one together. */
  readonly heads: 'perTask' | 'shared';
  /** Why no task's gradient in shared parameters can be told apart; absent where it can. */
  readonly inseparable?: string;
}
