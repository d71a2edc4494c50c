import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { singleOutput } from './single-output.js';

/** A function of one operand whose derivative is written with the operand: tfjs saves the result, and loses the path. */
function recomputing(kernelName: string, derivative: (x: Tensor) => Tensor): GradConfig {
  return singleOutput(kernelName, ['x'], (dy, [x]) => ({ x: () => tf.mul(dy, derivative(x as Tensor)) }));
}

/** eˣ for x < 0, 1 elsewhere; nothing overflows. */
function expOfNegative(x: Tensor): Tensor {
  return tf.exp(tf.neg(tf.relu(tf.neg(x))));
}

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** Functions made of exponentials. */
export const exponentialGradients: readonly GradConfig[] = [
  recomputing('Exp', tf.exp),
  recomputing('Expm1', tf.exp),
  recomputing('Sigmoid', (x) => {
    const y = tf.sigmoid(x);
    return tf.sub(y, tf.square(y));
  }),
  recomputing('Tanh', (x) => tf.sub(1, tf.square(tf.tanh(x)))),
  recomputing('Elu', expOfNegative),
  recomputing('Selu', (x) => {
    const positive = tf.step(x);
    const below = tf.mul(tf.mul(expOfNegative(x), seluScale * seluAlpha), tf.sub(1, positive));
    return tf.add(below, tf.mul(positive, seluScale));
  }),
  // tfjs has it with a power of 3/2, which is slower and has a power's own derivative.
  recomputing('Rsqrt', (x) => {
    const y = tf.rsqrt(x);
    return tf.mul(tf.mul(tf.square(y), y), -0.5);
  }),
];
