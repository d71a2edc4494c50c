import * as tf from '@tensorflow/tfjs';
import type { Schedule } from '../rate.js';

/** What {@link exponentialDecay} takes. */
export interface ExponentialDecayOptions {
  /** η₀. */
  readonly initial: number;
  /** Factor in (0, 1] per `every` steps. */
  readonly factor: number;
  /** Default 1. */
  readonly every?: number;
}

/** η(step) = η₀ · factor^(step / every). */
export function exponentialDecay({ initial, factor, every = 1 }: ExponentialDecayOptions): Schedule {
  return (step) => tf.exp(step.mul(Math.log(factor) / every)).mul(initial);
}
