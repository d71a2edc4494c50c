import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../randomness/rng.js';
import { flattenTree, unflattenTree } from '../tree/flatten-tree.js';
import type { Tree } from '../tree/tree.js';
import { leavesOf, treeFromLeaves } from '../tree/tree-leaves.js';
import type { TreeSpec } from '../tree/tree-spec.js';
import type { JointBatch, JointLearner, JointParameters, JointSpec } from './joint-learner.js';
import { assertLosses, gradientsOf, taskGradients, taskWeights } from './task-gradients.js';

/** What one update takes. */
export type JointStepInput<Leaf = Tensor> = {
  /** θ, float32 [P]. */
  readonly theta: Leaf;
  /** The optimiser's state; every leaf [P] or []. */
  readonly optimizer: Tree<Leaf>;
  /** The combination's state. */
  readonly combination: Tree<Leaf>;
  /** Updates made before this one, float32 []. */
  readonly step: Leaf;
  readonly batch: JointBatch<Leaf>;
};

/** What one update returns. */
export type JointStepOutput<Leaf = Tensor> = {
  readonly theta: Leaf;
  readonly optimizer: Tree<Leaf>;
  readonly combination: Tree<Leaf>;
  /** The mean loss, the norm of the gradient, and the loss of each task: float32 [2 + T]. */
  readonly report: Leaf;
};

/** An update's gradient and what it was made from. */
type Combined = {
  readonly gradient: JointParameters;
  /** Unweighted, [T]. */
  readonly losses: Tensor;
  readonly state: Tree<Tensor>;
};

/** x, taken for a constant by whatever is differentiated. */
function withoutGradient(x: Tensor): Tensor {
  const constant = tf.customGrad((...given: unknown[]) => ({
    value: (given[0] as Tensor).clone(),
    gradFunc: (dy: Tensor) => tf.zerosLike(dy),
  }));
  return constant(x);
}

/** One backward pass of Σ w L with weights that are constants. */
function byLosses(learner: JointLearner, theta: JointParameters, input: StepContext): Combined {
  const { batch, rng, spec, combinationState } = input;
  let stateOf: Tree<Tensor> = combinationState;
  const names: string[] = [];
  const { gradient, kept } = gradientsOf(theta, (keep) => {
    const losses = learner.taskLosses(theta, batch, rng.split('losses'), spec);
    assertLosses(losses, spec.tasks.length);
    const weighted = losses.mul(taskWeights(spec, batch)); // [T]
    const constant = withoutGradient(weighted);
    const { combined, state } = learner.combination.combine(
      { losses: constant },
      combinationState,
      rng.split('combination'),
    );
    stateOf = state;
    keep('losses', losses);
    leavesOf(state).forEach((leaf, index) => {
      names.push(`state ${index}`);
      keep(`state ${index}`, leaf);
    });
    return addPenalty(learner, theta, spec, tf.sum(weighted.mul(combined)));
  });
  const leaves = names.map((name) => kept.get(name) as Tensor);
  return { gradient, losses: kept.get('losses') as Tensor, state: treeFromLeaves(stateOf, leaves) };
}

/** The tasks' own gradients, combined. */
function byGradients(learner: JointLearner, theta: JointParameters, input: StepContext): Combined {
  const { batch, rng, spec, combinationState } = input;
  const { losses, weighted, gradients, perTask } = taskGradients(learner, theta, { batch, rng, spec });
  const { combined, state } = learner.combination.combine(
    { losses: weighted, gradients },
    combinationState,
    rng.split('combination'),
  );
  const shared = unflattenTree(combined, flattenTree(theta.shared).spec);
  const own = { shared, perTask };
  if (learner.penalty === undefined) return { gradient: own, losses, state };
  const { gradient: added } = gradientsOf(theta, () => addPenalty(learner, theta, spec, tf.scalar(0)));
  const sums = leavesOf<Tensor>(own).map((leaf, index) => leaf.add(leavesOf<Tensor>(added)[index] as Tensor));
  return { gradient: treeFromLeaves(theta, sums) as JointParameters, losses, state };
}

function addPenalty(learner: JointLearner, theta: JointParameters, spec: JointSpec, loss: Tensor): Tensor {
  return learner.penalty === undefined ? loss : loss.add(learner.penalty(theta, spec));
}

type StepContext = {
  readonly batch: JointBatch;
  readonly rng: Rng;
  readonly spec: JointSpec;
  readonly combinationState: Tree<Tensor>;
};

/** Names of the numbers in an update's report. */
export function jointReportNames({ tasks }: JointSpec): readonly string[] {
  return ['loss', 'gradientNorm', ...tasks.map(({ id }) => `loss/${id}`)];
}

/**
 * One update of a joint learner as a pure function of flat vectors, to be run eagerly or compiled: the losses of the
 * tasks (or their gradients, all T in one backward pass), their combination, the optimiser.
 *
 * @param thetaSpec - structure of θ, as returned by `flattenTree`.
 */
export function jointStep(
  learner: JointLearner,
  spec: JointSpec,
  thetaSpec: TreeSpec,
): (input: JointStepInput, rng: Rng) => JointStepOutput {
  return ({ theta, optimizer, combination, step, batch }, rng) => {
    const tree = unflattenTree<JointParameters>(theta, thetaSpec);
    const context = { batch, rng, spec, combinationState: combination };
    const combine = learner.combination.needs === 'losses' ? byLosses : byGradients;
    const { gradient, losses, state } = combine(learner, tree, context);
    const { vector } = flattenTree(gradient); // [P]
    const next = learner.optimizer.update(vector, optimizer, theta, step);
    const loss = tf.sum(losses.mul(taskWeights(spec, batch)));
    const norm = tf.sqrt(tf.sum(tf.square(vector)));
    const report = tf.concat([loss.reshape([1]), norm.reshape([1]), losses]); // [2 + T]
    return { theta: tf.add(theta, next.change), optimizer: next.state, combination: state, report };
  };
}
