import {
  flattenTree,
  type GradientTransformation,
  type HostTensor,
  hostedOnce,
  packHostTree,
  type Tree,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';

/** Parameters and their optimiser, packed flat: few tensors to copy per call. */
export type FlatState<Leaf = Tensor> = {
  /** θ, [P]. */
  readonly theta: Leaf;
  /** Leaves [P] or []. */
  readonly optimizer: Tree<Leaf>;
  /** Updates made, float32 []. */
  readonly step: Leaf;
};

/**
 * One gradient step on a loss of the parameter tree. Recordable.
 *
 * @param loss - takes the tree, returns a scalar.
 * @returns the next state, and the loss [].
 */
export function flatUpdate(
  state: FlatState,
  spec: TreeSpec,
  optimizer: GradientTransformation,
  loss: (parameters: Tree<Tensor>) => Scalar,
): { readonly state: FlatState; readonly loss: Scalar } {
  const { theta, step } = state;
  const { value, gradients } = valueAndGradients(loss, unflattenTree(theta, spec));
  const { vector } = flattenTree(gradients);
  const next = optimizer.update(vector, state.optimizer as never, theta, step);
  return {
    state: { theta: theta.add(next.change), optimizer: next.state as Tree<Tensor>, step: step.add(1) },
    loss: value,
  };
}

/** First values on the host: θ from `init`, fresh optimiser, no updates made. */
export async function initialFlatState(
  init: () => Tree<Tensor>,
  optimizer: GradientTransformation,
): Promise<{ readonly state: FlatState<HostTensor>; readonly spec: TreeSpec }> {
  const hosted = await hostedOnce(init);
  const { vector: theta, spec } = packHostTree(hosted);
  const moments = await hostedOnce(() => optimizer.init(spec.size) as Tree<Tensor>);
  return { state: { theta, optimizer: moments, step: hostNumber(0) }, spec };
}

/** A float32 scalar on the host. */
export function hostNumber(value: number): HostTensor {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) };
}

/** A float32 tensor on the host over the array itself. */
export function hostArray(shape: readonly number[], data: Float32Array): HostTensor {
  return { dtype: 'float32', shape, data };
}
