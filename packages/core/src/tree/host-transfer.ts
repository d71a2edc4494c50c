import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { TasklearnError } from '../errors.js';
import { mapTree } from './map-tree.js';
import type { DataType, Hosted, HostTensor, Tree } from './tree.js';
import { leavesOf, treeFromLeaves } from './tree-leaves.js';

/**
 * Copies a tree of tensors to host memory. The tensors are not disposed.
 *
 * @throws `SHAPE_MISMATCH` for a tensor that is not float32, int32 or bool.
 */
export async function toHost<T extends Tree<Tensor>>(tree: T): Promise<Hosted<T>> {
  const hosted = await Promise.all(leavesOf(tree as Tree<Tensor>).map(leafToHost));
  return treeFromLeaves(tree, hosted) as Hosted<T>;
}

/**
 * Tensors with the values of a tree on the host, on the current backend. The caller disposes.
 * A leaf that is a tensor already is cloned.
 */
export function toDevice<T extends Tree<Tensor> = Tree<Tensor>>(hosted: Hosted<T> | Tree<HostTensor>): T {
  return mapTree(hosted as Tree<HostTensor>, leafToDevice) as T;
}

async function leafToHost(tensor: Tensor): Promise<HostTensor> {
  const { dtype } = tensor;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `toHost: expected a tensor of float32, int32 or bool, got ${dtype}. Cast it first.`,
      { expected: ['float32', 'int32', 'bool'], received: dtype },
    );
  }
  // A copy: the cpu backend hands out its own storage.
  const data = (await tensor.data<DataType & keyof tf.DataTypeMap>()).slice() as HostTensor['data'];
  return { dtype, shape: [...tensor.shape], data };
}

function leafToDevice(leaf: HostTensor): Tensor {
  if (leaf instanceof tf.Tensor) return leaf.clone();
  // A copy: the cpu backend would keep the array itself, and samplers reuse their buffers.
  return tf.tensor(leaf.data.slice(), leaf.shape as number[], leaf.dtype);
}
