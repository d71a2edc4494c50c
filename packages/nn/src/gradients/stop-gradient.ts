import { mapTree, type Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A tensor on the same data that no tape knows, so that back-propagation never visits what came before it. */
function stopTensor(x: Tensor): Tensor {
  const engine = tf.engine();
  const owner = engine.state.tensorInfo.get(x.dataId)?.backend ?? engine.backend;
  owner.incRef(x.dataId);
  return engine.makeTensorFromDataId(x.dataId, x.shape, x.dtype, owner);
}

/**
 * The same values with derivative zero: what is computed from the result does not depend on x as far as any
 * gradient, of any order, is concerned. Recordable; costs nothing when run.
 *
 * @param x - a tensor, or a tree of tensors; not disposed.
 * @returns the same structure. The caller disposes.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { gradients, stopGradient } from '@tasklearn/nn';
 *
 * const slope = gradients(({ x }) => x.mul(stopGradient(x)).sum().asScalar(), { x: tf.scalar(3) });
 * slope.x.dataSync()[0]; // => 3
 * ```
 */
export function stopGradient<T extends Tree<Tensor>>(x: T): T {
  return mapTree(x, (leaf: Tensor) => stopTensor(leaf)) as T;
}
