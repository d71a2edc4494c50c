import { leavesOf, mapTree, pathsOf, TasklearnError, type Tree } from '@tasklearn/core';
import type { LeafType } from './record/record-function.js';

const dataTypes = new Set(['float32', 'int32', 'bool']);

function typeOf(leaf: unknown, path: string): LeafType {
  const { dtype, shape } = (leaf ?? {}) as Partial<LeafType>;
  if (dtype !== undefined && dataTypes.has(dtype) && Array.isArray(shape)) return { dtype, shape };
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `compile: every input leaf must be a tensor or a host tensor of float32, int32 or bool, got ${dtype ?? typeof leaf} at '${path}'.`,
    { path, expected: [...dataTypes], received: dtype ?? typeof leaf },
  );
}

/** Shapes and types of the leaves of an input tree. */
export function typesOf(input: Tree<unknown>): Tree<LeafType> {
  return mapTree(input, typeOf);
}

/** Text that is equal for inputs that one recorded graph can serve. */
export function inputSignature(input: Tree<unknown>): string {
  const types = leavesOf(typesOf(input)).map(({ dtype, shape }) => `${dtype}[${shape.join()}]`);
  return pathsOf(input)
    .map((path, index) => `${path}:${types[index]}`)
    .join(';');
}
