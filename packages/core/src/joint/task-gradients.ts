import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { TasklearnError } from '../errors.js';
import type { Rng } from '../randomness/rng.js';
import { mapTree } from '../tree/map-tree.js';
import type { Tree } from '../tree/tree.js';
import { leavesOf, treeFromLeaves } from '../tree/tree-leaves.js';
import type { JointBatch, JointLearner, JointParameters, JointSpec } from './joint-learner.js';

/** How often each task counts: its own weight times how often the sampler drew it, over T; [T]. */
export function taskWeights({ tasks }: JointSpec, batch: JointBatch): Tensor {
  const own = tf.tensor1d(tasks.map(({ weight = 1 }) => weight / tasks.length));
  return own.mul(batch.taskWeights);
}

/** @throws `SHAPE_MISMATCH` unless there is one loss per task. */
export function assertLosses(losses: Tensor, tasks: number): void {
  if (losses.shape.join() === `${tasks}`) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `taskLosses: expected one loss per task, shape [${tasks}], got [${losses.shape}].`,
    { expected: [tasks], received: losses.shape },
  );
}

/** ∇ of a scalar, zero for leaves that it does not use; what `keep` is handed survives the pass. */
export function gradientsOf<T extends Tree<Tensor>>(
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

/** What one backward pass says of every task. */
export interface TaskGradients {
  /** Unweighted, [T]. */
  readonly losses: Tensor;
  /** Each times its task's weight over T and how often the sampler drew it, [T]: what is differentiated. */
  readonly weighted: Tensor;
  /** Gradients of the weighted losses in the shared parameters, in the order of `flattenTree`: [T, P]. */
  readonly gradients: Tensor;
  /** Gradients in the tasks' own parameters, of their structure. */
  readonly perTask: Tree<Tensor>;
}

/**
 * The gradient of each task's own loss in the shared parameters, all T in one backward pass of Σ L: the shared parameters are
 * repeated for every task, and the sum is differentiated in the repeats. Recordable. The penalty has no part in it.
 *
 * @returns tensors that the caller disposes.
 * @throws `SHAPE_MISMATCH` if the learner does not return one loss per task.
 */
export function taskGradients(
  learner: Pick<JointLearner, 'taskLosses'>,
  theta: JointParameters,
  { batch, rng, spec }: { readonly batch: JointBatch; readonly rng: Rng; readonly spec: JointSpec },
): TaskGradients {
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
  return {
    losses: kept.get('losses') as Tensor,
    weighted: kept.get('weighted') as Tensor,
    gradients: rows.length === 0 ? tf.zeros([tasks, 0]) : tf.concat(rows, 1),
    perTask: gradient.perTask,
  };
}
