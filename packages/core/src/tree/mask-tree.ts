import { mapTree } from './map-tree.js';
import type { Tree } from './tree.js';

/**
 * A tree of booleans of the same structure: which leaves a predicate over paths selects. Parameter roles
 * (adapted in the inner loop, frozen, ...) are such masks.
 *
 * @example
 * ```ts
 * import { maskTree } from '@tasklearn/core';
 *
 * const parameters = { layer1: { weight: 0 }, head: { weight: 0 } };
 * maskTree(parameters, (path) => path.startsWith('head/')); // => { head: { weight: true }, layer1: { weight: false } }
 * ```
 */
export function maskTree(tree: Tree<unknown>, predicate: (path: string) => boolean): Tree<boolean> {
  return mapTree(tree, (_leaf: unknown, path) => predicate(path));
}
