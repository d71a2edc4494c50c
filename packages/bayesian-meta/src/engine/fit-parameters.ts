import {
  type Executor,
  flattenTree,
  type GradientTransformation,
  type HostTensor,
  hostedOnce,
  type Rng,
  type Tree,
  type TreeSpec,
  treeSpec,
  unflattenTree,
  unpackHostTree,
} from '@tasklearn/core';
import { valueAndGradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A loss to be minimised over a tree of parameters. */
export interface FitOptions<Theta extends Tree<Tensor>, Data extends Tree<Tensor>> {
  /** [], recordable. */
  readonly loss: (theta: Theta, data: Data, rng: Rng) => Scalar;
  /** Where θ starts; not disposed. */
  readonly start: Theta;
  /** Goes in on every step. */
  readonly data: Tree<HostTensor>;
  readonly steps: number;
  readonly optimizer: GradientTransformation;
  readonly executor: Executor;
  readonly rng: Rng;
}

/** θ after all steps, on the host, and the loss before each of them. */
export type Fit = { readonly theta: Tree<HostTensor>; readonly losses: readonly number[] };

/** θ and the optimiser's state as they go in and out of a step. */
type FitState<Leaf> = { readonly vector: Leaf; readonly optimizer: Tree<Leaf> };

/** One update of flat parameters as a recordable function. */
function fitStep<Theta extends Tree<Tensor>, Data extends Tree<Tensor>>(
  { loss, optimizer }: FitOptions<Theta, Data>,
  spec: TreeSpec,
) {
  return (input: FitState<Tensor> & { readonly step: Tensor; readonly data: Data }, rng: Rng) => {
    const { value, gradients } = valueAndGradients(
      (vector: Tensor) => loss(unflattenTree(vector, spec) as Theta, input.data, rng),
      input.vector,
    );
    const next = optimizer.update(gradients, input.optimizer as never, input.vector, input.step);
    return { vector: tf.add(input.vector, next.change), optimizer: next.state, loss: value };
  };
}

/** Minimises a loss by one prepared update, parameters and optimiser packed flat. */
export async function fitParameters<Theta extends Tree<Tensor>, Data extends Tree<Tensor>>(
  options: FitOptions<Theta, Data>,
): Promise<Fit> {
  const { start, data, steps, optimizer, executor, rng } = options;
  const spec = treeSpec(start);
  const first = (await hostedOnce(() => {
    const { vector } = flattenTree(start);
    return { vector, optimizer: optimizer.init(vector.size) };
  })) as unknown as FitState<HostTensor>;
  const prepared = executor.prepare(fitStep(options, spec) as never, { name: 'fit' });
  const losses: number[] = [];
  let state = first;
  try {
    for (let step = 0; step < steps; step++) {
      const count: HostTensor = { dtype: 'float32', shape: [], data: Float32Array.of(step) };
      const given = { vector: state.vector, optimizer: state.optimizer, step: count, data };
      const next = (await prepared.run(given as never, rng.split(step))) as never as FitState<HostTensor> & {
        loss: HostTensor;
      };
      losses.push(next.loss.data[0] as number);
      state = { vector: next.vector, optimizer: next.optimizer };
    }
  } finally {
    prepared.dispose();
  }
  return { theta: unpackHostTree(state.vector, spec), losses };
}
