import type { Tree } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import type { LeafType, TensorFunction } from '../../record/record-function.js';
import { numbersFrom } from './simplified-by.js';

const SHAPE = [2, 3, 4] as const;

type Choose = <Item>(items: readonly Item[]) => Item;
type Operation = (x: tf.Tensor, y: tf.Tensor, choose: Choose) => tf.Tensor;

/** Operators that keep [2, 3, 4] and small numbers, and that TensorFlow.js differentiates twice. */
const OPERATIONS: readonly Operation[] = [
  (x, y) => tf.add(x, y),
  (x, y) => tf.sub(x, y),
  (x, y) => tf.mul(x, y),
  (x) => tf.neg(x),
  (x) => tf.relu(x),
  (x) => tf.div(x, tf.add(tf.square(x), 1)),
  (x, _y, choose) => tf.mul(x, choose([0, 1, -1, 0.5, 2])),
  (x, _y, choose) => tf.add(x, choose([0, 1, -0.5])),
  (x) => tf.add(x, tf.mean(x, 1, true)),
  (x, y) => tf.sub(x, tf.sum(tf.mul(x, y), [0, 2], true).mul(0.1)),
  (x, y) => tf.mul(x, tf.mean(y)),
  (x, _y, choose) => {
    const [order, back] = choose([
      [
        [0, 2, 1],
        [0, 2, 1],
      ],
      [
        [2, 0, 1],
        [1, 2, 0],
      ],
      [
        [1, 0, 2],
        [1, 0, 2],
      ],
    ]) as [number[], number[]];
    return tf.transpose(tf.mul(tf.transpose(x, order), 0.9), back);
  },
  (x) => tf.reshape(tf.relu(tf.reshape(x, [6, 4])), [...SHAPE]),
  (x) => tf.squeeze(tf.mul(tf.expandDims(x, 1), tf.scalar(1.5)), [1]),
  (x, y) => tf.concat([tf.slice(x, [0, 0, 0], [2, 1, 4]), tf.slice(y, [0, 1, 0], [2, 2, 4])], 1),
  (x, y) => tf.slice(tf.concat([x, y], 2), [0, 0, 2], [2, 3, 4]),
  (x, y) => tf.matMul(tf.matMul(x, y, false, true), y).mul(0.2),
  (x, y) => tf.matMul(x, tf.matMul(y, x, true).mul(0.3)),
  (x, y) =>
    tf
      .matMul(tf.reshape(tf.mul(x, -0.5), [6, 4]), tf.matMul(tf.sum(y, 0), tf.sum(x, 0), true).mul(0.1))
      .reshape([...SHAPE]),
  (x, y) => tf.add(tf.matMul(tf.sum(x, 2, true), tf.mean(y, 1, true)), tf.sum(y, 1, true).mul(0.1)),
  (x, y) => tf.mul(x, tf.cast(tf.greater(y, 0), 'float32')),
  (x) => tf.mul(x, tf.ones([...SHAPE])),
  (x) => tf.add(x, tf.zeros([1, 3, 1])),
];

/** A program of random operators, its gradient, and the gradient of the gradient's square. */
export function randomProgram(seed: number): { fn: TensorFunction; input: Tree<LeafType> } {
  const fn = (({ x, y }: Readonly<Record<string, tf.Tensor>>) => {
    const forward = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
      const next = numbersFrom(seed * 7919 + 1);
      for (let draw = 0; draw < 5; draw++) next(); // Small seeds begin alike.
      const choose: Choose = (items) => items[Math.floor(((next() + 1) / 2) * items.length)] as never;
      const values = [a, b];
      for (let step = 0; step < 10; step++) {
        const operation = choose(OPERATIONS);
        values.push(operation(choose(values), choose(values.slice(-3)), choose));
      }
      // The last term makes the result depend on both, whatever was drawn.
      return tf.add(
        tf.mean(tf.square(values.at(-1) as tf.Tensor)),
        tf.mean(tf.mul(tf.square(a), tf.square(b))),
      );
    };
    const slope = (a: tf.Tensor, b: tf.Tensor) => tf.grads(forward)([a, b]) as [tf.Tensor, tf.Tensor];
    const curvature = (a: tf.Tensor, b: tf.Tensor) => {
      const [da, db] = slope(a, b);
      return tf.add(tf.sum(tf.square(da)), tf.sum(tf.mul(db, db)));
    };
    return {
      value: forward(x as tf.Tensor, y as tf.Tensor),
      second: tf.grads(curvature)([x as tf.Tensor, y as tf.Tensor]),
    };
  }) as TensorFunction;
  const leaf = { dtype: 'float32', shape: SHAPE } as const;
  return { fn, input: { x: leaf, y: leaf } };
}
