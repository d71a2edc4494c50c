import type { Scalar, Tensor } from '@tensorflow/tfjs';
import type { TensorSpec } from './tensor-spec.js';

/** Meta-train, meta-validation and meta-test: they share no task, class or environment parameter. */
export type Split = 'train' | 'validation' | 'test';

/** What is to be predicted for one input. */
export type TargetSpec =
  /** Targets are class indices, int32, in [0, classes): one number per input. */
  | { readonly kind: 'classification'; readonly classes: number }
  /** Targets are float32 arrays of this shape per input. */
  | { readonly kind: 'regression'; readonly shape: readonly number[] };

/** Losses known by name; `nn` implements them. A plan or a checkpoint can hold a name, not a function. */
export type LossName = 'crossEntropy' | 'bernoulli' | 'meanSquaredError' | 'gaussian' | 'huber';

/**
 * A loss that a task brings along. Takes the model's raw outputs [T, B, ...], targets [T, B, ...] and an
 * optional 0/1 mask [T, B]; returns the mean over unmasked points, [T].
 */
export type TaskLoss = (outputs: Tensor, targets: Tensor, mask?: Tensor) => Tensor;

/** Everything static about a batch of episodes; shapes are without the task axis `T`. */
export interface EpisodeSpec {
  readonly input: TensorSpec;
  readonly target: TargetSpec;
  /** The loss belongs to the task, not to the learner. */
  readonly loss: LossName | TaskLoss;
  /** Items in the support set, S (N·K in few-shot classification; the maximum where K varies). */
  readonly supportSize: number;
  /** Items in the query set, Q. */
  readonly querySize: number;
  /** Classes in an episode, N; classification only. */
  readonly ways?: number;
  /** Largest number of support items per class, K. */
  readonly shots?: number;
  /** Classes of the whole meta-training split; set where its episodes carry `identities`. */
  readonly trainingClasses?: number;
  /** Which parts a support set has besides `labelled`. */
  readonly supportParts?: readonly ('unlabelled' | 'demonstrations' | 'trials')[];
}

/** Inputs with their targets. Leaves have a leading task axis. */
export type LabelledSet<Leaf = Tensor> = {
  /** [T, B, ...input.shape], float32. */
  readonly inputs: Leaf;
  /** [T, B] int32 class indices, or [T, B, ...target.shape] float32. */
  readonly targets: Leaf;
  /** [T, B] float32, 1 where the item counts; absent when every item does. */
  readonly mask?: Leaf;
  /**
   * [T, B] int32, which of the `trainingClasses` an item belongs to, whatever its label in this episode. Only on the
   * meta-training split, and only where a distribution is asked for it: pooled pre-training needs one head over all classes.
   */
  readonly identities?: Leaf;
};

/** Inputs without targets. */
export type UnlabelledSet<Leaf = Tensor> = {
  readonly inputs: Leaf;
  readonly mask?: Leaf;
};

/** Recorded behaviour, padded to a common length H: [T, D, H, ...]. */
export type Demonstrations<Leaf = Tensor> = {
  readonly observations: Leaf;
  readonly actions?: Leaf;
  readonly mask?: Leaf;
};

/** The learner's own experience with reward, padded to a common length H: [T, E, H, ...]. */
export type Trials<Leaf = Tensor> = {
  readonly observations: Leaf;
  readonly actions: Leaf;
  readonly rewards: Leaf;
  readonly discounts: Leaf;
  readonly mask?: Leaf;
};

/** What a learner may adapt to. A tree, so that support may be more than labelled pairs. */
export type Support<Leaf = Tensor> = {
  readonly labelled: LabelledSet<Leaf>;
  readonly unlabelled?: UnlabelledSet<Leaf>;
  readonly demonstrations?: { readonly [domain: string]: Demonstrations<Leaf> };
  readonly trials?: Trials<Leaf>;
};

/** T episodes at once. Support and query of a task are disjoint. */
export type EpisodeBatch<Leaf = Tensor> = {
  readonly support: Support<Leaf>;
  readonly query: LabelledSet<Leaf>;
};

/** Metrics and the scalar that the meta-training loop differentiates. */
export interface MetaLoss {
  /** Mean over tasks, shape []. */
  readonly loss: Scalar;
  /** Scalars to log, shape []. */
  readonly metrics: { readonly [name: string]: Scalar };
}
