import { TasklearnError } from '../errors.js';
import type { Tree } from './tree.js';

/**
 * Whether a node of a tree is a leaf: not an object, a typed array, or an object that has `dtype` and `shape`
 * (a tensor or a host tensor). `undefined` is not a node at all: a property holding it counts as absent.
 */
export function isLeaf(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return true;
  return ArrayBuffer.isView(node) || ('dtype' in node && 'shape' in node);
}

/**
 * The named children of an inner node, in the order in which trees are flattened: sorted keys for objects
 * (by UTF-16 code unit, so the order is the same in every locale), positions for arrays.
 */
export function childrenOf<Leaf>(node: Tree<Leaf>): readonly (readonly [string, Tree<Leaf>])[] {
  if (Array.isArray(node)) return node.map((child, index) => [String(index), child] as const);
  const record = node as { readonly [key: string]: Tree<Leaf> | undefined };
  const children: [string, Tree<Leaf>][] = [];
  for (const key of Object.keys(record).sort()) {
    const child = record[key];
    if (child !== undefined) children.push([key, child]);
  }
  return children;
}

/** The path of a child: names joined by '/'. The root's path is ''. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/** A `SHAPE_MISMATCH` error for trees that should have had one structure. */
export function structureMismatch(
  called: string,
  path: string,
  expected: string,
  received: string,
): TasklearnError {
  return new TasklearnError(
    'SHAPE_MISMATCH',
    `${called}: trees must have the same structure. At '${path}' expected ${expected}, got ${received}. ` +
      'Build both trees from the same parameters.',
    { path, expected, received },
  );
}
