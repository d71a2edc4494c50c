import { TasklearnError, type Tree, type TreeSpec, treeFromLeaves, unflattenTree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * The tree of a vector [P], or of one vector per task, [T, P]: then every leaf carries the task axis. Recordable.
 *
 * @throws `SHAPE_MISMATCH` if the vector does not have the spec's P elements.
 */
export function unpackParameters<P extends Tree<Tensor> = Tree<Tensor>>(vector: Tensor, spec: TreeSpec): P {
  if (vector.rank === 1) return unflattenTree<P>(vector, spec);
  const [tasks, size] = vector.shape as [number, number];
  if (vector.rank !== 2 || size !== spec.size) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `unpackParameters: expected [${spec.size}] or [T, ${spec.size}], got [${vector.shape}].`,
      { expected: spec.size, received: vector.shape },
    );
  }
  const leaves = spec.leaves.map((leaf) =>
    tf.tidy(() => tf.reshape(tf.slice(vector, [0, leaf.offset], [tasks, leaf.size]), [tasks, ...leaf.shape])),
  );
  return treeFromLeaves(spec.structure, leaves) as P;
}
