import type { Tensor } from '@tensorflow/tfjs';
import { mapTree } from './map-tree.js';
import type { Tree } from './tree.js';
import { leavesOf } from './tree-leaves.js';

/** Disposes every tensor of a tree. Calling it twice is harmless. */
export function disposeTree(tree: Tree<Tensor>): void {
  for (const leaf of leavesOf(tree)) leaf.dispose();
}

/** A tree of the same values whose tensors live and die on their own. The caller disposes. */
export function cloneTree<T extends Tree<Tensor>>(tree: T): T {
  return mapTree(tree, (leaf: Tensor) => leaf.clone());
}
