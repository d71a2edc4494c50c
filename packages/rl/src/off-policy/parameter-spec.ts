import type { GradientTransformation } from '@tasklearn/core';
import { createRng, disposeTree, flattenTree, type Rng, type TreeSpec, treeSpec } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Structure of the parameters that a network begins with. */
export function parameterSpec(init: (rng: Rng) => Parameters): TreeSpec {
  const tree = init(createRng(0));
  const spec = treeSpec(tree);
  disposeTree(tree);
  return spec;
}

/** The state of Adam and its like, by name. */
export type OptimizerState<Leaf = Tensor> = { readonly [name: string]: Leaf };

/** A network's first parameters in one vector [P], and its optimiser's first state. */
export function initialNetwork(
  init: (rng: Rng) => Parameters,
  optimizer: GradientTransformation,
  rng: Rng,
): { readonly vector: Tensor; readonly optimizer: OptimizerState } {
  const vector = tf.tidy(() => flattenTree(init(rng)).vector);
  return { vector, optimizer: optimizer.init(vector.size) as OptimizerState };
}

/** One step of an optimiser: θ + change, and its next state. */
export function optimized(
  optimizer: GradientTransformation,
  gradient: Tensor,
  state: OptimizerState,
  vector: Tensor,
  step: Tensor,
): { readonly vector: Tensor; readonly optimizer: OptimizerState } {
  const { change, state: next } = optimizer.update(gradient, state, vector, step);
  return { vector: vector.add(change), optimizer: next as OptimizerState };
}
