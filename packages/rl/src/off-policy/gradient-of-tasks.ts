import { flattenTree, type TreeSpec, unflattenTree } from '@tasklearn/core';
import { flattenPerTask, type Parameters, perTaskGradients, valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What a loss gives: one number per task, and tensors that are wanted besides it. */
export interface TaskLosses {
  /** [T]. */
  readonly losses: Tensor;
  /** Anything computed on the way; no gradient flows through it. */
  readonly kept?: Readonly<Record<string, Tensor>>;
}

/** The gradient of the tasks' losses in one flat vector. */
export interface TaskGradient {
  /** Mean loss of the tasks, []. */
  readonly loss: Tensor;
  /** [P]. */
  readonly gradient: Tensor;
  readonly kept: Readonly<Record<string, Tensor>>;
}

/**
 * The gradient of the mean of the tasks' losses in parameters packed in one vector. With `combine`, each task's own
 * gradient is taken, and they are combined by it.
 *
 * @param losses - of parameters as a tree, with or without the leading task axis; recordable.
 * @param vector - θ, [P].
 * @param combine - T, and what takes [T, P] to [P].
 */
export function gradientOfTasks(
  losses: (parameters: Parameters) => TaskLosses,
  vector: Tensor,
  spec: TreeSpec,
  combine?: { readonly tasks: number; readonly merge: (gradients: Tensor) => Tensor },
): TaskGradient {
  const held = new Map<string, Tensor>();
  const evaluate = (parameters: Parameters) => {
    const found = losses(parameters);
    // The gradient's own scope ends before they are read: keep them across it.
    for (const [name, tensor] of Object.entries({ ...found.kept, loss: tf.mean(found.losses) }))
      held.set(name, tf.keep(tensor.clone()));
    return found.losses;
  };
  const tree = unflattenTree<Parameters>(vector, spec);
  try {
    const gradient = combine === undefined ? meanGradient(evaluate, tree) : merged(evaluate, tree, combine);
    const { loss, ...kept } = Object.fromEntries([...held].map(([name, tensor]) => [name, tensor.clone()]));
    return { loss: loss as Tensor, gradient, kept: kept as Record<string, Tensor> };
  } finally {
    for (const tensor of held.values()) tensor.dispose();
  }
}

function meanGradient(run: (parameters: Parameters) => Tensor, tree: Parameters): Tensor {
  const { gradients } = valueAndGradients((at: Parameters) => tf.mean(run(at)) as Scalar, tree);
  return flattenTree(gradients).vector;
}

function merged(
  run: (parameters: Parameters) => Tensor,
  tree: Parameters,
  { tasks, merge }: { readonly tasks: number; readonly merge: (gradients: Tensor) => Tensor },
): Tensor {
  return merge(flattenPerTask(perTaskGradients(run, tree, tasks).gradients));
}
