import type { Tensor } from '@tensorflow/tfjs';
import type { LossName, Split, TargetSpec, TaskLoss } from '../episode.js';
import type { GradientTransformation } from '../gradient-transformation.js';
import type { PredictiveDistribution } from '../predictive-distribution.js';
import type { Rng } from '../randomness/rng.js';
import type { TensorSpec } from '../tensor-spec.js';
import type { HostTensor, Tree } from '../tree/tree.js';

/** Tasks with one kind of target and one loss: their targets are stacked into one tensor. */
export interface JointGroup {
  readonly target: TargetSpec;
  readonly loss: LossName | TaskLoss;
  /**
   * Mean and standard deviation of each task's targets over its training items, [Tg, ...target.shape]: learners of regressions
   * may scale by them. Targets themselves are always in raw units.
   */
  readonly statistics?: { readonly mean: HostTensor; readonly deviation: HostTensor };
}

/** One task of a fixed set. */
export interface JointTask {
  /** Unique in the set. */
  readonly id: string;
  /** Key of its group. */
  readonly group: string;
  /** w, its weight in the sum of losses: part of the task, not of the learner. Default 1. */
  readonly weight?: number;
}

/** A fixed set of T tasks on one input space. */
export interface JointSpec {
  readonly input: TensorSpec;
  /** In this order wherever an axis is T. */
  readonly tasks: readonly JointTask[];
  /** In a group's tensors its tasks stand in the order in which they have in `tasks`. */
  readonly groups: Readonly<Record<string, JointGroup>>;
  /** z, what tells the network which task it is: [T, Z] row-major. */
  readonly descriptors: HostTensor;
  /** Whether a descriptor means something for a task that was never trained (false for one-hot ones). */
  readonly descriptorsGeneralise: boolean;
  /** Whether every input has a target in every task (several outputs of one input): inputs are then [1, B, ...]. */
  readonly sharedInputs: boolean;
}

/** Targets of a group's tasks. */
export type GroupTargets<Leaf = Tensor> = {
  /** [Tg, B] int32 class indices, or [Tg, B, ...target.shape]. */
  readonly targets: Leaf;
  /** [Tg, B] float32, 1 where the label is known. */
  readonly mask: Leaf;
};

/** B items of each task. */
export type JointBatch<Leaf = Tensor> = {
  /** [T, B, ...input.shape], or [1, B, ...] where inputs are shared. */
  readonly inputs: Leaf;
  readonly groups: { readonly [group: string]: GroupTargets<Leaf> };
  /** [T] float32: how often the sampler drew each task, over what it draws on average; the loss is their weighted mean. */
  readonly taskWeights: Leaf;
};

/** Items of one task, on the host. */
export interface JointRows {
  /** [B, ...input.shape]. */
  readonly inputs: HostTensor;
  /** [B] int32, or [B, ...target.shape] float32, in raw units. */
  readonly targets: HostTensor;
  /** [B] float32, 1 where the label is known; absent when all are. */
  readonly mask?: HostTensor;
}

/** A fixed set of tasks with data. */
export interface JointDistribution {
  readonly kind: 'joint';
  readonly id: string;
  readonly spec: JointSpec;
  /** Items of each task per split, [T]; equal numbers in all tasks where inputs are shared. */
  readonly sizes: Readonly<Record<Split, readonly number[]>>;
  /** The items of a task with these indices in a split. */
  rows(split: Split, task: number, indices: Int32Array): JointRows;
  /** What is known of the truth, for reports: e.g. the Bayes risk of each task. */
  readonly truth?: Readonly<Record<string, readonly number[]>>;
}

/** Parameters in two parts: which of them tasks share is what a multi-task architecture is. */
export type JointParameters = {
  /** Leaves without a task axis. `taskLosses` is also given them with one, [T, ...], to tell the gradients of tasks apart. */
  readonly shared: Tree<Tensor>;
  /** Leaves whose first axis is a task's own: [T, ...], or [Tg, ...] for the tasks of one group. */
  readonly perTask: Tree<Tensor>;
};

/**
 * Multi-task learning on a fixed set of tasks. Combining the T losses or gradients (weights, PCGrad, MGDA ...)
 * is a strategy of its own: a {@link GradientCombination}.
 */
export interface JointLearner<Theta extends JointParameters = JointParameters> {
  readonly kind: 'joint';
  /** Parameters for this set of tasks. The caller disposes. */
  init(spec: JointSpec, rng: Rng): Theta;
  /** One loss per task, [T], mean over its labelled items, without the task's weight; recordable. */
  taskLosses(theta: Theta, batch: JointBatch, rng: Rng, spec: JointSpec): Tensor;
  /** What the learner adds that is no task's loss (a sharing penalty), []; recordable. */
  penalty?(theta: Theta, spec: JointSpec): Tensor;
  /** One distribution per group, in raw units, over inputs [T, B, ...] or [1, B, ...], with leading axis Tg; recordable. */
  predict(
    theta: Theta,
    inputs: Tensor,
    spec: JointSpec,
  ): { readonly [group: string]: PredictiveDistribution };
  readonly combination: GradientCombination;
  readonly optimizer: GradientTransformation;
}

/**
 * How T losses become one update of the shared parameters; recordable, with state of its own. Parameters of one task
 * only follow that task's loss, weighted where the combination gives weights.
 */
export interface GradientCombination<State extends Tree<Tensor> = Tree<Tensor>> {
  /** `losses`: weights on losses are all it gives (one backward pass); `gradients`: it needs the tasks' gradients. */
  readonly needs: 'losses' | 'gradients';
  /** State for T tasks and P shared parameters. The caller disposes. */
  init(tasks: number, size: number): State;
  /**
   * @param input - losses [T], each with its task's weight, and for `gradients` their gradients in the shared parameters, [T, P].
   * @returns loss weights [T] (Σ w L is what is descended), or for `gradients` the combined gradient [P], a sum over tasks;
   * and the next state.
   */
  combine(
    input: { readonly losses: Tensor; readonly gradients?: Tensor },
    state: State,
    rng: Rng,
  ): { readonly combined: Tensor; readonly state: State };
}
