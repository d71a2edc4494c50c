import type { Tensor } from '@tensorflow/tfjs';
import type { Tree } from './tree.js';
import { childPath, childrenOf, isLeaf } from './walk-tree.js';

/**
 * A tree of the same structure whose leaves are `fn(leaf, path)`. Leaves are visited in flattening order.
 *
 * @param tree - any tree; not modified.
 * @param fn - takes a leaf and its path, names joined by '/', e.g. `head/weight`.
 *
 * @example
 * ```ts
 * import { mapTree } from '@tasklearn/core';
 *
 * mapTree({ b: [1, 2], a: 3 }, (leaf: number, path) => `${path}=${leaf}`); // => { a: 'a=3', b: ['b/0=1', 'b/1=2'] }
 * ```
 */
export function mapTree<T extends Tree<Tensor>>(tree: T, fn: (leaf: Tensor, path: string) => Tensor): T;
export function mapTree<From, To>(tree: Tree<From>, fn: (leaf: From, path: string) => To): Tree<To>;
export function mapTree(tree: Tree<unknown>, fn: (leaf: never, path: string) => unknown): unknown {
  return mapAt(tree, fn as (leaf: unknown, path: string) => unknown, '');
}

function mapAt(
  node: Tree<unknown>,
  fn: (leaf: unknown, path: string) => unknown,
  path: string,
): Tree<unknown> {
  if (isLeaf(node)) return fn(node, path);
  const mapped = childrenOf(node).map(
    ([name, child]) => [name, mapAt(child, fn, childPath(path, name))] as const,
  );
  return Array.isArray(node) ? mapped.map(([, child]) => child) : Object.fromEntries(mapped);
}
