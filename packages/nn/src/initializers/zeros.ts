import * as tf from '@tensorflow/tfjs';
import type { Initializer } from './initializer.js';

/** All zeros: the usual start of a bias. */
export function zeros(): Initializer {
  return (shape) => tf.zeros([...shape]);
}
