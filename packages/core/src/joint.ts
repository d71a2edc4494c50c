import type { Tensor } from '@tensorflow/tfjs';
import type { LossName, TargetSpec, TaskLoss } from './episode.js';
import type { GradientTransformation } from './gradient-transformation.js';
import type { PredictiveDistribution } from './predictive-distribution.js';
import type { Rng } from './randomness/rng.js';
import type { TensorSpec } from './tensor-spec.js';
import type { Tree } from './tree/tree.js';

/** One task of a fixed set, with the descriptor z that tells the network which task it is. */
export interface JointTaskSpec {
  readonly id: string;
  readonly target: TargetSpec;
  readonly loss: LossName | TaskLoss;
}

/** A fixed set of T tasks on a shared input space. */
export interface JointSpec {
  readonly input: TensorSpec;
  readonly tasks: readonly JointTaskSpec[];
  /** Size of the descriptor z; one-hot descriptors do not generalise to new tasks. */
  readonly descriptorSize: number;
}

/** One batch of each task: inputs [T, B, ...], targets per task id [B, ...], descriptors [T, descriptorSize]. */
export interface JointBatch<Leaf = Tensor> {
  readonly inputs: Leaf;
  readonly targets: { readonly [taskId: string]: Leaf };
  readonly descriptors: Leaf;
  /** [T, B], 1 where the label is known. */
  readonly mask?: Leaf;
}

/**
 * Multi-task learning on a fixed set of tasks. Combining the T losses or gradients (weights, PCGrad, MGDA ...)
 * is a strategy of its own: a {@link GradientCombination}.
 */
export interface JointLearner<Theta extends Tree<Tensor> = Tree<Tensor>> {
  readonly kind: 'joint';
  /** Parameters for this set of tasks. The caller disposes. */
  init(spec: JointSpec, rng: Rng): Theta;
  /** One loss per task, [T], mean over its batch. */
  taskLosses(theta: Theta, batch: JointBatch, rng: Rng, spec: JointSpec): Tensor;
  /** One distribution per task, in the order of `spec.tasks`. */
  predict(
    theta: Theta,
    inputs: Tensor,
    descriptors: Tensor,
    spec: JointSpec,
  ): readonly PredictiveDistribution[];
  readonly combination: GradientCombination;
  readonly optimizer: GradientTransformation;
}

/** Turns T task losses or their gradients into one gradient; recordable, with state of its own. */
export interface GradientCombination<State extends Tree<Tensor> = Tree<Tensor>> {
  /** `losses`: only weights on losses are needed (one backward pass); `gradients`: per-task gradients [T, P]. */
  readonly needs: 'losses' | 'gradients';
  /** State for T tasks and P parameters. The caller disposes. */
  init(tasks: number, size: number): State;
  /** @returns the combined gradient [P] for `gradients`, or loss weights [T] for `losses`, and the next state. */
  combine(
    input: { readonly losses: Tensor; readonly gradients?: Tensor },
    state: State,
    rng: Rng,
  ): { readonly combined: Tensor; readonly state: State };
}
