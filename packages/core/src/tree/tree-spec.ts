import { mapTree } from './map-tree.js';
import type { DataType, Tree } from './tree.js';

/** One leaf of a {@link TreeSpec}. */
export type LeafSpec = {
  /** Names joined by '/'. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: DataType;
  /** Where its elements start in the flat vector. */
  readonly offset: number;
  /** Number of elements. */
  readonly size: number;
};

/** The structure of a tree of tensors, as JSON: enough to rebuild the tree from one flat vector. */
export type TreeSpec = {
  /** In flattening order. */
  readonly leaves: readonly LeafSpec[];
  /** The tree with each leaf replaced by its position in `leaves`. */
  readonly structure: Tree<number>;
  /** Number of elements of all leaves, P. */
  readonly size: number;
};

/**
 * The structure of a tree of tensors or host tensors.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { treeSpec } from '@tasklearn/core';
 *
 * treeSpec({ weight: tf.zeros([2, 3]), bias: tf.zeros([3]) }).size; // => 9
 * ```
 */
export function treeSpec(
  tree: Tree<{ readonly shape: readonly number[]; readonly dtype: string }>,
): TreeSpec {
  const leaves: LeafSpec[] = [];
  let offset = 0;
  const structure = mapTree(
    tree,
    (leaf: { readonly shape: readonly number[]; readonly dtype: string }, path) => {
      const size = sizeOf(leaf.shape);
      leaves.push({ path, shape: [...leaf.shape], dtype: leaf.dtype as DataType, offset, size });
      offset += size;
      return leaves.length - 1;
    },
  );
  return { leaves, structure, size: offset };
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}
