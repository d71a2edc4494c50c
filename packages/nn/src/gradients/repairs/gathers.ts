import type { GradConfig, NamedAttrMap, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../stop-gradient.js';
import { singleOutput } from './single-output.js';

function product(lengths: readonly number[]): number {
  return lengths.reduce((size, length) => size * length, 1);
}

/** 1 at each index: [...] int32 -> [..., depth] float32. */
function oneHot(indices: Tensor, depth: number): Tensor {
  // Asked for float32 at once, the wasm backend returns wrong numbers.
  return tf.cast(tf.oneHot(tf.cast(indices, 'int32'), depth), 'float32');
}

/**
 * Adds each row of dy to the row of x it was taken from: a product with one-hot rows, since `wasm` has no segment
 * sum, and a recorded graph no scatter that adds.
 */
function gatherGradient(dy: Tensor, x: Tensor, indices: Tensor, attributes: NamedAttrMap): Tensor {
  const batchDims = (attributes.batchDims as number | undefined) ?? 0;
  const axis = attributes.axis as number;
  const lead = product(x.shape.slice(0, batchDims));
  const outer = product(x.shape.slice(batchDims, axis));
  const depth = x.shape[axis] as number;
  const inner = product(x.shape.slice(axis + 1));
  const count = indices.size / lead;
  const rows = tf
    .transpose(dy.reshape([lead, outer, count, inner]), [0, 2, 1, 3])
    .reshape([lead, count, outer * inner]);
  const hot = oneHot(stopGradient(indices).reshape([lead, count]), depth); // [lead, count, depth]
  const sums = tf.matMul(hot, rows, true).reshape([lead, depth, outer, inner]);
  return tf.transpose(sums, [0, 2, 1, 3]).reshape(x.shape);
}

/** As {@link gatherGradient}, for indices of several axes at once. */
function gatherNdGradient(dy: Tensor, x: Tensor, indices: Tensor): Tensor {
  const depth = indices.shape[indices.rank - 1] as number;
  const indexed = x.shape.slice(0, depth);
  const steps = indexed.map((_, axis) => product(indexed.slice(axis + 1)));
  const flat = tf.sum(tf.mul(stopGradient(indices), tf.tensor1d(steps, 'int32')), -1);
  const inner = product(x.shape.slice(depth));
  const hot = oneHot(flat.reshape([flat.size]), product(indexed));
  return tf.matMul(hot, dy.reshape([flat.size, inner]), true).reshape(x.shape);
}

/** Picking by index. */
export const gatherGradients: readonly GradConfig[] = [
  singleOutput('GatherV2', ['x', 'indices'], (dy, saved, attributes) => {
    const [x, indices] = saved as [Tensor, Tensor];
    return { x: () => gatherGradient(dy, x, indices, attributes), indices: () => tf.zeros(indices.shape) };
  }),
  singleOutput('GatherNd', ['params', 'indices'], (dy, saved) => {
    const [params, indices] = saved as [Tensor, Tensor];
    return { params: () => gatherNdGradient(dy, params, indices), indices: () => tf.zeros(indices.shape) };
  }),
  {
    kernelName: 'TopK',
    inputsToSave: ['x'],
    // The indices: whole numbers, so no path is lost.
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const [x, indices] = saved as [Tensor, Tensor];
      const [dy] = dys as Tensor[];
      const hot = () => oneHot(indices, x.shape[x.rank - 1] as number);
      return { x: () => tf.sum(tf.mul(hot(), (dy as Tensor).expandDims(-1)), -2) };
    },
  },
];
