import * as tf from '@tensorflow/tfjs';
import type { Schedule } from '../rate.js';

/** What {@link stepDecay} takes. */
export interface StepDecayOptions {
  /** η₀. */
  readonly initial: number;
  /** Steps between two drops, an integer ≥ 1. */
  readonly every: number;
  /** Factor per drop. Default 0.5. */
  readonly factor?: number;
}

/**
 * η(step) = η₀ · factor^⌊step / every⌋. Prototypical networks halve every 2,000 episodes.
 *
 * @see Snell, Swersky, Zemel. Prototypical Networks for Few-shot Learning. NeurIPS 2017, section 3.1. arXiv:1703.05175.
 */
export function stepDecay({ initial, every, factor = 0.5 }: StepDecayOptions): Schedule {
  // Half a step more keeps the floor right however the division is rounded.
  return (step) => tf.pow(factor, tf.floor(step.add(0.5).div(every))).mul(initial);
}
