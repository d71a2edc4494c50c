import type { EpisodeSpec, GradientTransformation, LabelledSet, Rng, Support, Tree } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';

/** θ of a metric learner; parts without parameters have no key. */
export type MetricParameters = {
  readonly embed?: Parameters;
  readonly context?: Tree<Tensor>;
  readonly refine?: Tree<Tensor>;
  readonly similarity?: Tree<Tensor>;
};

/**
 * φ of a metric learner, one type for all, so that a report can draw any learner's class model:
 * C centres in the embedding space, each of which speaks for some of the N classes.
 */
export type ClassState = {
  /** [T, C, d]. */
  readonly centres: Tensor;
  /** 1 where centre c speaks for class n, [T, C, N]. */
  readonly owner: Tensor;
  /** 1 where the centre counts, [T, C]: 0 for padding, and for classes without support items. Absent where all count. */
  readonly active?: Tensor;
};

/** f: inputs to vectors. */
export interface Embedder {
  readonly name: string;
  /** Absent where there is nothing to learn. */
  init?(spec: EpisodeSpec, rng: Rng): Parameters;
  /** [T, B, ...] to [T, B, d]. */
  apply(parameters: Parameters | undefined, inputs: Tensor, spec: EpisodeSpec): Tensor;
}

/** Lets support items, and the query, see the rest of the support set. */
export interface Context {
  readonly name: string;
  /** Parameters of its own. */
  init?(spec: EpisodeSpec, rng: Rng): Tree<Tensor>;
  /** [T, S, d] to [T, S, d']. */
  support(parameters: Tree<Tensor> | undefined, support: Tensor, labelled: LabelledSet): Tensor;
  /** [T, Q, d] to [T, Q, d']. */
  query(parameters: Tree<Tensor> | undefined, query: Tensor, state: ClassState): Tensor;
}

/** What is remembered of a support set. */
export interface ClassModel {
  readonly name: string;
  /**
   * What stands for each class.
   *
   * @param embedded - support items, [T, S, d].
   * @param classes - N.
   */
  build(embedded: Tensor, labelled: LabelledSet, classes: number): ClassState;
}

/** Improves a class model, e.g. by unlabelled items. */
export interface Refinement {
  readonly name: string;
  /** Parameters of its own. */
  init?(spec: EpisodeSpec, rng: Rng): Tree<Tensor>;
  /** The class state after a look at unlabelled items or at itself. */
  refine(
    parameters: Tree<Tensor> | undefined,
    state: ClassState,
    embedded: Tensor,
    support: Support,
  ): ClassState;
}

/** How like a query item is to a centre. */
export interface Similarity {
  readonly name: string;
  /** Parameters of its own. */
  init?(spec: EpisodeSpec, rng: Rng): Tree<Tensor>;
  /** [T, Q, d] and [T, C, d] to [T, Q, C]; larger is more alike. */
  compare(parameters: Tree<Tensor> | undefined, query: Tensor, centres: Tensor): Tensor;
}

/** Similarities to logits of the N classes. */
export interface Readout {
  readonly name: string;
  /** [T, Q, C] to [T, Q, N], of which softmax is p(y | x). */
  logits(scores: Tensor, state: ClassState): Tensor;
}

/** The slots of the engine. */
export interface MetricLearnerParts {
  readonly embed: Embedder;
  readonly context?: Context;
  readonly classModel: ClassModel;
  readonly refine?: Refinement;
  readonly similarity: Similarity;
  readonly readout: Readout;
  /** Similarities are divided by this before the read-out; > 0. */
  readonly temperature: number;
  /** Whether support and query are embedded in one pass at meta-training, and so share batch statistics. */
  readonly jointEmbedding: boolean;
  /** How the outer gradient changes θ. Absent for a learner that is not trained. */
  readonly optimizer?: GradientTransformation;
}
