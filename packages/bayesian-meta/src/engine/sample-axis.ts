import type { Tree } from '@tasklearn/core';
import { mapTree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A list of ones: axes that broadcast. */
const ones = (count: number): number[] => Array<number>(count).fill(1);

/**
 * Every task S times, its samples side by side: [T, ...] → [T · S, ...]. Samples of φ then are tasks to a model, and
 * nothing loops over them.
 *
 * Float tensors are spread by an addition, whose derivative is one sum.
 */
export function repeatSamples(x: Tensor, samples: number): Tensor {
  const [tasks, ...rest] = x.shape as [number, ...number[]];
  const spread =
    x.dtype === 'float32'
      ? tf.add(x.expandDims(1), tf.zeros([tasks, samples, ...ones(rest.length)]))
      : tf.tile(x.expandDims(1), [1, samples, ...ones(rest.length)]);
  return spread.reshape([tasks * samples, ...rest]);
}

/** The same for every leaf of a tree. */
export function repeatTreeSamples<P extends Tree<Tensor>>(tree: P, samples: number): P {
  return mapTree(tree, (leaf: Tensor) => repeatSamples(leaf, samples)) as P;
}

/** Shared parameters for T tasks: [...] → [T, ...]. The derivative is the sum over tasks. */
export function spreadOverTasks<P extends Tree<Tensor>>(tree: P, tasks: number): P {
  return mapTree(tree, (leaf: Tensor) =>
    tf.add(leaf.expandDims(0), tf.zeros([tasks, ...ones(leaf.rank)])),
  ) as P;
}

/** M sets of parameters, the same for T tasks: [M, ...] → [T · M, ...]. */
export function spreadMembers<P extends Tree<Tensor>>(tree: P, tasks: number): P {
  return mapTree(spreadOverTasks(tree, tasks), (leaf: Tensor) => {
    const [first, members, ...rest] = leaf.shape as [number, number, ...number[]];
    return leaf.reshape([first * members, ...rest]);
  }) as P;
}

/** Samples apart again: [T · S, ...] → [T, S, ...]. */
export function separateSamples(x: Tensor, samples: number): Tensor {
  const [all, ...rest] = x.shape as [number, ...number[]];
  return x.reshape([all / samples, samples, ...rest]);
}
