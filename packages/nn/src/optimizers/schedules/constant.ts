import * as tf from '@tensorflow/tfjs';
import type { Schedule } from '../rate.js';

/** η(step) = value. */
export function constant(value: number): Schedule {
  return () => tf.scalar(value);
}
