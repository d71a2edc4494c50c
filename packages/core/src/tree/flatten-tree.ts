import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { TasklearnError } from '../errors.js';
import type { Tree } from './tree.js';
import { leavesOf, treeFromLeaves } from './tree-leaves.js';
import { type LeafSpec, type TreeSpec, treeSpec } from './tree-spec.js';

/**
 * All leaves of a tree as one vector, in flattening order. Recordable: reshapes and one concatenation.
 *
 * @param tree - float32 leaves of any shape; not disposed.
 * @returns `vector`, float32 [P], which the caller disposes, and the `spec` that undoes it.
 * @throws `SHAPE_MISMATCH` if a leaf is not float32.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { flattenTree } from '@tasklearn/core';
 *
 * const { vector, spec } = flattenTree({ b: tf.tensor([3]), a: tf.tensor([[1], [2]]) });
 * Array.from(vector.dataSync()); // => [1, 2, 3]
 * spec.leaves.map((leaf) => leaf.path); // => ['a', 'b']
 * ```
 */
export function flattenTree(tree: Tree<Tensor>): { readonly vector: Tensor; readonly spec: TreeSpec } {
  const spec = treeSpec(tree);
  assertFloat32('flattenTree', spec.leaves);
  const leaves = leavesOf(tree);
  if (leaves.length === 0) return { vector: tf.tensor1d([], 'float32'), spec };
  const vector = tf.tidy(() => {
    const parts = leaves.map((leaf) => tf.reshape(leaf, [leaf.size])); // [size]
    return parts.length === 1 ? (parts[0] as Tensor).clone() : tf.concat(parts, 0); // [P]
  });
  return { vector, spec };
}

/**
 * The inverse of {@link flattenTree}. Recordable: slices and reshapes.
 *
 * @param vector - float32 [P]; not disposed.
 * @returns the tree; the caller disposes its leaves.
 * @throws `SHAPE_MISMATCH` if `vector` does not have the spec's P elements.
 */
export function unflattenTree<T extends Tree<Tensor> = Tree<Tensor>>(vector: Tensor, spec: TreeSpec): T {
  if (vector.rank !== 1 || vector.size !== spec.size) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `unflattenTree: expected a vector of ${spec.size} elements, got shape [${vector.shape}]. ` +
        'The vector and the spec must come from the same tree.',
      { expected: [spec.size], received: vector.shape },
    );
  }
  const leaves = spec.leaves.map((leaf) =>
    tf.tidy(() => tf.reshape(tf.slice(vector, [leaf.offset], [leaf.size]), leaf.shape as number[])),
  );
  return treeFromLeaves(spec.structure, leaves) as T;
}

/** @throws `SHAPE_MISMATCH` for the first leaf that is not float32. */
export function assertFloat32(called: string, leaves: readonly LeafSpec[]): void {
  const wrong = leaves.find((leaf) => leaf.dtype !== 'float32');
  if (wrong === undefined) return;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${called}: every leaf must be float32, got ${wrong.dtype} at '${wrong.path}'. ` +
      'Keep integers out of parameter trees, or cast them.',
    { path: wrong.path, expected: 'float32', received: wrong.dtype },
  );
}
