import * as tf from '@tensorflow/tfjs';
import type { Schedule } from '../rate.js';

/**
 * η(step) = min(1, (step + 1) / steps) · after(step): a linear start, then another schedule.
 *
 * @param steps - length of the warm-up, ≥ 1.
 * @param after - the schedule that is warmed up; it sees the same step.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { cosine, warmUp } from '@tasklearn/nn';
 *
 * const rate = warmUp(10, cosine({ initial: 1, steps: 100 }));
 * rate(tf.scalar(50)).arraySync(); // => 0.5
 * ```
 */
export function warmUp(steps: number, after: Schedule): Schedule {
  return (step) => tf.minimum(step.add(1).mul(1 / steps), 1).mul(after(step));
}
