import { mapTree, TasklearnError, type Tree } from '@tasklearn/core';
import type { LeafType } from './record/record-function.js';

const dataTypes = new Set(['float32', 'int32', 'bool']);

function typeOf(leaf: unknown, path: string): LeafType {
  const { dtype, shape } = (leaf ?? {}) as Partial<LeafType>;
  if (dtype !== undefined && dataTypes.has(dtype) && Array.isArray(shape))
    return { dtype, shape: [...shape] };
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `compile: every input leaf must be a tensor or a host tensor of float32, int32 or bool, got ${dtype ?? typeof leaf} at '${path}'.`,
    { path, expected: [...dataTypes], received: dtype ?? typeof leaf },
  );
}

/**
 * Shapes and types of the leaves of an input tree, keys in flattening order.
 *
 * @throws `SHAPE_MISMATCH` for a leaf that is no tensor.
 */
export function typesOf(input: Tree<unknown>): Tree<LeafType> {
  return mapTree(input, typeOf);
}
