import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { TasklearnError } from '../errors.js';
import type { Rng } from '../randomness/rng.js';
import { flattenTree, unflattenTree } from '../tree/flatten-tree.js';
import { mapTree } from '../tree/map-tree.js';
import type { Tree } from '../tree/tree.js';
import { leavesOf, treeFromLeaves } from '../tree/tree-leaves.js';
import type { TreeSpec } from '../tree/tree-spec.js';
import type { JointBatch, JointLearner, JointParameters, JointSpec } from './joint-learner.js';

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

/** How often each task counts: its own weight times how often the sampler drew it, over T; [T]. */
function taskWeights({ tasks }: JointSpec, batch: JointBatch): Tensor {
  const own = tf.tensor1d(tasks.map(({ weight = 1 }) => weight / tasks.length));
  return own.mul(batch.taskWeights);
}

function assertLosses(losses: Tensor, tasks: number): void {
  if (losses.shape.join() === `${tasks}`) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `taskLosses: expected one loss per task, shape [${tasks}], got [${losses.shape}].`,
    { expected: [tasks], received: losses.shape },
  );
}

/** ∇ of a scalar, zero for leaves that it does not use; what `keep` is handed survives the pass. */
function gradientsOf<T extends Tree<Tensor>>(
  tree: T,
  forward: (keep: (name: string, kept: Tensor) => void) => Tensor,
): { readonly gradient: T; readonly kept: ReadonlyMap<string, Tensor> } {
  const kept = new Map<string, Tensor>();
  const leaves = leavesOf(tree as Tree<Tensor>);
  try {
    const { grads } = tf
      .engine()
      .gradients(
        () => forward((name, value) => kept.set(name, tf.keep(value.clone()))) as Scalar,
        leaves,
        undefined,
        true,
      );
    const gradients = leaves.map((leaf, index) => grads[index] ?? tf.zerosLike(leaf));
    const copies = new Map([...kept].map(([name, value]) => [name, value.clone()] as const));
    return { gradient: treeFromLeaves(tree, gradients) as T, kept: copies };
  } finally {
    for (const value of kept.values()) value.dispose();
  }
}

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

/** One backward pass of Σ L with the shared parameters repeated for every task: their gradients are the tasks' own. */
function byGradients(learner: JointLearner, theta: JointParameters, input: StepContext): Combined {
  const { batch, rng, spec, combinationState } = input;
  const tasks = spec.tasks.length;
  const repeated = {
    shared: mapTree(theta.shared, (leaf: Tensor) =>
      tf.tile(leaf.expandDims(0), [tasks, ...leaf.shape.map(() => 1)]),
    ),
    perTask: theta.perTask,
  };
  const { gradient, kept } = gradientsOf(repeated, (keep) => {
    const losses = learner.taskLosses(repeated, batch, rng.split('losses'), spec);
    assertLosses(losses, tasks);
    const weighted = losses.mul(taskWeights(spec, batch));
    keep('losses', losses);
    keep('weighted', weighted);
    return tf.sum(weighted);
  });
  const rows = leavesOf(gradient.shared).map((leaf) => leaf.reshape([tasks, -1]));
  const gradients = rows.length === 0 ? tf.zeros([tasks, 0]) : tf.concat(rows, 1); // [T, P]
  const { combined, state } = learner.combination.combine(
    { losses: kept.get('weighted') as Tensor, gradients },
    combinationState,
    rng.split('combination'),
  );
  const shared = unflattenTree(combined, flattenTree(theta.shared).spec);
  const own = { shared, perTask: gradient.perTask };
  const losses = kept.get('losses') as Tensor;
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
