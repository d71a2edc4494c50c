import type { GradConfig, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../stop-gradient.js';
import { singleOutput } from './single-output.js';
import { sumToShape } from './sum-to-shape.js';

/** log a where a > 0, else 0; its derivative is finite everywhere. */
function safeLog(a: Tensor): Tensor {
  const positive = tf.cast(tf.greater(stopGradient(a), 0), 'float32');
  return tf.mul(positive, tf.log(tf.add(tf.mul(a, positive), tf.sub(1, positive))));
}

/** Powers (tfjs saves the result) and squared differences (tfjs forgets broadcasting). */
export const arithmeticGradients: readonly GradConfig[] = [
  singleOutput('Pow', ['a', 'b'], (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    const exponent = tf.cast(b, 'float32');
    return {
      a: () => sumToShape(tf.mul(dy, tf.mul(exponent, tf.pow(a, tf.sub(exponent, 1)))), a.shape),
      b: () => sumToShape(tf.mul(dy, tf.mul(tf.pow(a, exponent), safeLog(a))), b.shape),
    };
  }),
  singleOutput('SquaredDifference', ['a', 'b'], (dy, saved) => {
    const [a, b] = saved as [Tensor, Tensor];
    const slope = () => tf.mul(dy, tf.mul(tf.sub(a, b), 2));
    return {
      a: () => sumToShape(slope(), a.shape),
      b: () => tf.neg(sumToShape(slope(), b.shape)),
    };
  }),
];
