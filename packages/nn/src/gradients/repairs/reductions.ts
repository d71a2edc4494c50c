import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../stop-gradient.js';
import { singleOutput } from './single-output.js';

function axesOf(axis: unknown, rank: number): number[] {
  const axes = axis == null ? Array.from({ length: rank }, (_, index) => index) : [axis].flat();
  return (axes as number[]).map((index) => (index < 0 ? index + rank : index));
}

function keptShape(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

/** dy repeated along the reduced axes. (tfjs multiplies by a tensor of ones, which a recorded graph has to carry.) */
function repeated(dy: Tensor, shape: readonly number[], axes: readonly number[]): Tensor {
  return tf.broadcastTo(dy.reshape(keptShape(shape, axes)), [...shape]);
}

/** Where x equals its largest or smallest; among n equals each gets 1/n. */
function extreme(
  kernelName: string,
  axisName: string,
  reduce: (x: Tensor, axes: number[], keep: boolean) => Tensor,
): GradConfig {
  return singleOutput(kernelName, ['x'], (dy, saved, attributes) => ({
    x: () => {
      const x = stopGradient(saved[0] as Tensor);
      const axes = axesOf(attributes[axisName], x.rank);
      const chosen = tf.cast(tf.equal(x, reduce(x, axes, true)), 'float32');
      const share = tf.div(chosen, tf.sum(chosen, axes, true));
      return tf.mul(share, dy.reshape(keptShape(x.shape, axes)));
    },
  }));
}

/** [..., n] -> [..., n, n], row i with a 1 in place of element i. */
function withoutEach(x: Tensor): Tensor {
  const n = x.shape[x.rank - 1] as number;
  const diagonal = tf.eye(n);
  return tf.add(tf.mul(x.expandDims(-2), tf.sub(1, diagonal)), diagonal);
}

/** Axes moved to the end and joined, and the way back. */
function joinAxes(
  x: Tensor,
  axes: readonly number[],
): { readonly joined: Tensor; restore(y: Tensor): Tensor } {
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...rest, ...axes];
  const moved = tf.transpose(x, order);
  const lead = rest.map((axis) => x.shape[axis] as number);
  return {
    joined: moved.reshape([...lead, x.size / lead.reduce((product, length) => product * length, 1)]),
    restore: (y) =>
      tf.transpose(
        y.reshape(moved.shape),
        order.map((_, axis) => order.indexOf(axis)),
      ),
  };
}

/** The product of all others, from products again: right where elements are 0, and to every order. n² elements. */
function prodGradient(dy: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const { joined, restore } = joinAxes(x, axes);
  const others = tf.prod(withoutEach(joined), -1);
  return restore(tf.mul(others, dy.reshape([...joined.shape.slice(0, -1), 1])));
}

/** Σⱼ dyⱼ ∏ of the elements up to j but i; n³ elements, so for short axes. */
function cumprodGradient(dy: Tensor, x: Tensor, axis: number, exclusive: boolean, reverse: boolean): Tensor {
  const flip = (y: Tensor) => (reverse ? tf.reverse(y, axis) : y);
  const { joined, restore } = joinAxes(flip(x), [axis]);
  const n = joined.shape[joined.rank - 1] as number;
  const positions = tf.range(0, n);
  // member[j, k]: whether element k is a factor of result j.
  const reach = tf.sub(positions.expandDims(1), exclusive ? 1 : 0);
  const member = tf.cast(tf.lessEqual(positions.expandDims(0), reach), 'float32');
  const factors = tf.add(tf.mul(joined.expandDims(-2), member), tf.sub(1, member)); // [..., j, k]
  const partial = tf.mul(tf.prod(withoutEach(factors), -1), member); // [..., j, i]
  const cotangent = joinAxes(flip(dy), [axis]).joined.expandDims(-1); // [..., j, 1]
  return flip(restore(tf.sum(tf.mul(partial, cotangent), -2)));
}

/** Sums, means, extremes, products and running totals. */
export const reductionGradients: readonly GradConfig[] = [
  singleOutput('Sum', ['x'], (dy, saved, { axis }) => {
    const { shape, rank } = saved[0] as Tensor;
    return { x: () => repeated(dy, shape, axesOf(axis, rank)) };
  }),
  singleOutput('Mean', ['x'], (dy, saved, { axis }) => {
    const { shape, rank, size } = saved[0] as Tensor;
    return { x: () => repeated(tf.mul(dy, dy.size / size), shape, axesOf(axis, rank)) };
  }),
  extreme('Max', 'reductionIndices', (x, axes, keep) => tf.max(x, axes, keep)),
  extreme('Min', 'axis', (x, axes, keep) => tf.min(x, axes, keep)),
  singleOutput('Prod', ['x'], (dy, saved, { axis }) => {
    const x = saved[0] as Tensor;
    return { x: () => prodGradient(dy, x, axesOf(axis, x.rank)) };
  }),
  singleOutput('Cumprod', ['x'], (dy, saved, { axis, exclusive, reverse }) => ({
    x: () =>
      cumprodGradient(dy, saved[0] as Tensor, axis as number, exclusive as boolean, reverse as boolean),
  })),
  // tfjs transposes the result where the axis is not the last.
  singleOutput('Cumsum', [], (dy, _, { axis, exclusive, reverse }) => ({
    x: () => tf.cumsum(dy, axis as number, exclusive as boolean, !reverse),
  })),
];
