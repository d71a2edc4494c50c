import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../stop-gradient.js';
import { singleOutput } from './single-output.js';
import { sumToShape } from './sum-to-shape.js';

/**
 * A function of one operand that is linear between kinks: its slope is constant, so it is computed off the tape, and
 * no later order spends anything on it.
 */
function withSlope(
  kernelName: string,
  slope: (x: Tensor, attributes: Readonly<Record<string, unknown>>) => Tensor,
): GradConfig {
  return singleOutput(kernelName, ['x'], (dy, [x], attributes) => ({
    x: () => tf.mul(dy, slope(stopGradient(x as Tensor), attributes)),
  }));
}

function mask(condition: Tensor): Tensor {
  return tf.cast(condition, 'float32');
}

/** Maximum or minimum of two: `first` says where a is taken; b gets what a does not. */
function choice(kernelName: string, first: (a: Tensor, b: Tensor) => Tensor): GradConfig {
  return singleOutput(kernelName, ['a', 'b'], (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    const taken = () => tf.mul(dy, mask(first(stopGradient(a), stopGradient(b))));
    return {
      a: () => sumToShape(taken(), a.shape),
      b: () => sumToShape(tf.sub(dy, taken()), b.shape),
    };
  });
}

/** Functions that are linear between kinks. */
export const piecewiseLinearGradients: readonly GradConfig[] = [
  withSlope('Relu', (x) => tf.step(x)),
  withSlope('Relu6', (x) => mask(tf.logicalAnd(tf.greater(x, 0), tf.lessEqual(x, 6)))),
  withSlope('Abs', (x) => tf.sign(x)),
  withSlope('LeakyRelu', (x, { alpha }) => {
    const positive = tf.step(x);
    return tf.add(tf.mul(positive, 1 - (alpha as number)), alpha as number);
  }),
  withSlope('ClipByValue', (x, { clipValueMin, clipValueMax }) =>
    mask(tf.logicalAnd(tf.greaterEqual(x, clipValueMin as number), tf.lessEqual(x, clipValueMax as number))),
  ),
  choice('Maximum', (a, b) => tf.greaterEqual(a, b)),
  choice('Minimum', (a, b) => tf.lessEqual(a, b)),
  singleOutput('Prelu', ['x', 'alpha'], (dy, saved) => {
    const [x, alpha] = saved as [Tensor, Tensor];
    const negative = () => tf.sub(1, tf.step(stopGradient(x)));
    return {
      x: () => sumToShape(tf.mul(dy, tf.add(tf.mul(negative(), tf.sub(alpha, 1)), 1)), x.shape),
      alpha: () => sumToShape(tf.mul(dy, tf.mul(negative(), x)), alpha.shape),
    };
  }),
  singleOutput('Select', ['condition'], (dy, saved) => {
    const condition = stopGradient(saved[0] as Tensor);
    return {
      condition: () => tf.zeros(condition.shape),
      t: () => tf.mul(dy, mask(condition)),
      e: () => tf.mul(dy, mask(tf.logicalNot(condition))),
    };
  }),
];
