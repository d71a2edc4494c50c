import type { LabelledSet, Rng, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** A classifier fitted to the features of a support set, for all tasks at once. */
export interface ProbeHead<Phi extends Tree<Tensor> = Tree<Tensor>> {
  readonly name: string;
  /** @param features - [T, S, d]. @param classes - N. */
  /** The head fitted to the support set of each task. */
  fit(features: Tensor, labelled: LabelledSet, classes: number, rng: Rng): Phi;
  /** [T, Q, d] to [T, Q, N]. */
  logits(phi: Phi, features: Tensor): Tensor;
}

/** A linear classifier: weight [T, d, N] and bias [T, N]. */
export type LinearClassifier = { readonly weight: Tensor; readonly bias: Tensor };
