import {
  flattenTree,
  type HostTensor,
  type Rng,
  type Tree,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Composition } from './composition.js';

/** Everything learnt by gradients or solved: parameters of the dynamics and of outcomes. */
export type ModelParameters = { readonly dynamics: Tree<Tensor>; readonly outcomes: Parameters };

/** Parameters packed into one vector, and how to unpack it. */
export interface PackedParameters {
  /** [P]. */
  readonly vector: HostTensor;
  readonly spec: TreeSpec;
}

/** Fresh parameters. Runs on the TensorFlow.js backend in use. */
export async function initialParameters(parts: Composition, rng: Rng): Promise<PackedParameters> {
  const { vector, spec } = tf.tidy(() => {
    const tree = {
      dynamics: parts.model.init(rng.split('dynamics')),
      outcomes: parts.outcomes.init(rng.split('outcomes')),
    };
    return flattenTree(tree as Tree<Tensor>) as never;
  }) as { vector: Tensor; spec: TreeSpec };
  const data = (await vector.data()) as Float32Array;
  vector.dispose();
  return { vector: { dtype: 'float32', shape: [data.length], data }, spec };
}

/** The tree of a vector; recordable. */
export function parametersOf(vector: Tensor, spec: TreeSpec): ModelParameters {
  return unflattenTree(vector, spec) as unknown as ModelParameters;
}
