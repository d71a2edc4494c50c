import { leavesOf, type Tree, treeFromLeaves } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { enableHigherOrderGradients } from './enable-higher-order-gradients.js';

/** A function's value, and the derivative of the sum of its elements in every leaf. */
export interface Differentiated<T> {
  readonly value: Tensor;
  readonly gradients: T;
}

/** tfjs's back-propagation, which on an error forgets the tensors that its tape keeps. */
function backPropagate(forward: () => Tensor, leaves: Tensor[]): { value: Tensor; grads: (Tensor | null)[] } {
  const engine = tf.engine();
  try {
    return engine.gradients(forward, leaves, undefined, true);
  } catch (error) {
    if (engine.state.gradientDepth === 0) {
      for (const { saved } of engine.state.activeTape ?? []) tf.dispose(saved as Tensor[]);
      engine.state.activeTape = [];
    }
    throw error;
  }
}

/**
 * Back-propagation through a function of one tree. It runs on copies of the leaves: tfjs's tape would otherwise follow
 * what `fn` closes over, where an outer gradient is being taken, and not where none is.
 *
 * @param fn - takes a tree, returns one tensor of any shape.
 * @param tree - float32 leaves.
 * @returns zeros for a leaf that `fn` does not use. The caller disposes.
 */
export function differentiate<T extends Tree<Tensor>>(fn: (tree: T) => Tensor, tree: T): Differentiated<T> {
  enableHigherOrderGradients();
  const [value, ...leaves] = tf.tidy(() => {
    const copies = leavesOf(tree).map((leaf: Tensor) => leaf.clone());
    const forward = () => fn(treeFromLeaves(tree, copies) as T);
    if (copies.length === 0) return [forward()];
    const { value: result, grads } = backPropagate(forward, copies);
    // A function that returns its argument gives the copy, which is disposed here.
    const own = copies.includes(result) ? result.clone() : result;
    return [own, ...copies.map((copy, index) => grads[index] ?? tf.zerosLike(copy))];
  }) as [Tensor, ...Tensor[]];
  return { value, gradients: treeFromLeaves(tree, leaves) as T };
}
