import { mapTree } from './map-tree.js';
import type { Tree } from './tree.js';
import { structureMismatch } from './walk-tree.js';

/**
 * The leaves of a tree in flattening order: depth first, object keys sorted, arrays by position. The order in
 * which keys were inserted does not matter.
 */
export function leavesOf<Leaf>(tree: Tree<Leaf>): Leaf[] {
  const leaves: Leaf[] = [];
  mapTree(tree, (leaf: Leaf) => leaves.push(leaf));
  return leaves;
}

/** The path of every leaf, names joined by '/', in the order of {@link leavesOf}. */
export function pathsOf(tree: Tree<unknown>): string[] {
  const paths: string[] = [];
  mapTree(tree, (_leaf: unknown, path) => paths.push(path));
  return paths;
}

/**
 * The inverse of {@link leavesOf}: a tree of a given structure with new leaves.
 *
 * @param structure - any tree; only its structure is read.
 * @param leaves - one per leaf of `structure`, in the order of {@link leavesOf}.
 * @throws `SHAPE_MISMATCH` if the number of leaves differs.
 */
export function treeFromLeaves<Leaf>(structure: Tree<unknown>, leaves: readonly Leaf[]): Tree<Leaf> {
  let next = 0;
  const tree = mapTree(structure, () => leaves[next++] as Leaf);
  if (next !== leaves.length) {
    throw structureMismatch('treeFromLeaves', '', `${next} leaves`, `${leaves.length} leaves`);
  }
  return tree;
}
