import { TasklearnError } from '../errors.js';
import { assertFloat32 } from './flatten-tree.js';
import type { HostTensor, Tree } from './tree.js';
import { leavesOf, treeFromLeaves } from './tree-leaves.js';
import { type TreeSpec, treeSpec } from './tree-spec.js';

/**
 * `flattenTree` for trees on the host: all leaves copied into one vector.
 *
 * @param tree - float32 leaves.
 * @returns `vector`, a float32 host tensor [P], and the `spec` that undoes it.
 * @throws `SHAPE_MISMATCH` if a leaf is not float32.
 */
export function packHostTree(tree: Tree<HostTensor>): {
  readonly vector: HostTensor;
  readonly spec: TreeSpec;
} {
  const spec = treeSpec(tree);
  assertFloat32('packHostTree', spec.leaves);
  const data = new Float32Array(spec.size);
  leavesOf(tree).forEach((leaf, index) => {
    data.set(leaf.data, (spec.leaves[index] as { offset: number }).offset);
  });
  return { vector: { dtype: 'float32', shape: [spec.size], data }, spec };
}

/**
 * The inverse of {@link packHostTree}.
 *
 * @returns a tree whose leaves are copies, so the vector may be reused.
 * @throws `SHAPE_MISMATCH` if the vector does not have the spec's P elements.
 */
export function unpackHostTree<T extends Tree<HostTensor> = Tree<HostTensor>>(
  vector: HostTensor,
  spec: TreeSpec,
): T {
  if (vector.data.length !== spec.size) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `unpackHostTree: expected a vector of ${spec.size} elements, got ${vector.data.length}. ` +
        'The vector and the spec must come from the same tree.',
      { expected: spec.size, received: vector.data.length },
    );
  }
  const leaves = spec.leaves.map(
    ({ dtype, shape, offset, size }): HostTensor => ({
      dtype,
      shape,
      data: vector.data.slice(offset, offset + size),
    }),
  );
  return treeFromLeaves(spec.structure, leaves) as T;
}
