import { mapTree, type Tree } from '@tasklearn/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { treeDot } from './tree-dot.js';
import { gradients } from './value-and-gradients.js';

/**
 * The product of a cotangent with the Jacobian of a function: vᵀ J.
 *
 * @param fn - takes a tree of tensors, returns a tree of tensors.
 * @param tree - where to differentiate; float32.
 * @param cotangent - v, of the structure and shapes of `fn`'s result.
 * @returns the structure and shapes of `tree`. The caller disposes.
 */
export function vjp<In extends Tree<Tensor>, Out extends Tree<Tensor>>(
  fn: (tree: In) => Out,
  tree: In,
  cotangent: Out,
): In {
  return gradients((at) => treeDot(fn(at), cotangent), tree);
}

/**
 * The product of the Jacobian of a function with a tangent: J v, how the result changes along v. By two vector-Jacobian
 * products: vᵀ J is linear in the cotangent, and its derivative there is J.
 *
 * @param fn - takes a tree of tensors, returns a tree of tensors.
 * @param tree - where to differentiate; float32.
 * @param tangent - v, of the structure and shapes of `tree`.
 * @returns the structure and shapes of `fn`'s result. The caller disposes.
 */
export function jvp<In extends Tree<Tensor>, Out extends Tree<Tensor>>(
  fn: (tree: In) => Out,
  tree: In,
  tangent: In,
): Out {
  return tf.tidy(() => {
    const anywhere = mapTree(fn(tree) as Tree<Tensor>, (leaf) => tf.zerosLike(leaf)) as Out;
    return gradients((cotangent) => treeDot(vjp(fn, tree, cotangent), tangent), anywhere) as never;
  }) as Out;
}

/**
 * The product of the Hessian of a scalar function with a vector, H v, without forming H: the derivative of ⟨∇f, v⟩.
 * It costs about two gradients.
 *
 * @param fn - twice differentiable; takes a tree of tensors, returns a scalar.
 * @param tree - where to differentiate; float32.
 * @param vector - v, of the structure and shapes of `tree`.
 * @returns the structure and shapes of `tree`. The caller disposes.
 * @throws `SHAPE_MISMATCH` if `fn` does not return a scalar or the structures differ.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { hvp } from '@tasklearn/nn';
 *
 * const cube = ({ x }: { x: tf.Tensor }) => x.pow(3).sum().asScalar();
 * hvp(cube, { x: tf.scalar(2) }, { x: tf.scalar(1) }).x.dataSync()[0]; // => 12
 * ```
 */
export function hvp<T extends Tree<Tensor>>(fn: (tree: T) => Scalar, tree: T, vector: T): T {
  return gradients((at) => treeDot(gradients(fn, at), vector), tree);
}
