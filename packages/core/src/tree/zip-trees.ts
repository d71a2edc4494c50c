import type { Tensor } from '@tensorflow/tfjs';
import type { Tree } from './tree.js';
import { leavesOf, pathsOf, treeFromLeaves } from './tree-leaves.js';
import { structureMismatch } from './walk-tree.js';

/**
 * Combines trees of the same structure leaf by leaf: the result's leaves are `fn(leafOfA, leafOfB, ...)`.
 *
 * @throws `SHAPE_MISMATCH` if the structures differ, with the first path at which they do.
 *
 * @example
 * ```ts
 * import { zipTrees } from '@tasklearn/core';
 *
 * zipTrees((a: number, b: number) => a - b, { x: 5, y: 1 }, { y: 1, x: 2 }); // => { x: 3, y: 0 }
 * ```
 */
export function zipTrees<T extends Tree<Tensor>>(
  fn: (...leaves: Tensor[]) => Tensor,
  ...trees: readonly [T, ...NoInfer<T>[]]
): T;
export function zipTrees<Leaves extends readonly unknown[], To>(
  fn: (...leaves: Leaves) => To,
  ...trees: { readonly [Index in keyof Leaves]: Tree<Leaves[Index]> }
): Tree<To>;
export function zipTrees(
  fn: (...leaves: never[]) => unknown,
  ...trees: readonly Tree<unknown>[]
): Tree<unknown> {
  const [first, ...others] = trees;
  const paths = pathsOf(first as Tree<unknown>);
  for (const other of others) assertSamePaths(paths, pathsOf(other));
  const columns = trees.map((tree) => leavesOf(tree));
  const leaves = paths.map((_path, index) => fn(...columns.map((column) => column[index] as never)));
  return treeFromLeaves(first as Tree<unknown>, leaves);
}

function assertSamePaths(expected: readonly string[], received: readonly string[]): void {
  for (let index = 0; index < Math.max(expected.length, received.length); index++) {
    const [a, b] = [expected[index], received[index]];
    if (a !== b) throw structureMismatch('zipTrees', a ?? b ?? '', name(a), name(b));
  }
}

function name(path: string | undefined): string {
  return path === undefined ? 'nothing' : `a leaf '${path}'`;
}
