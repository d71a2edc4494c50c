import * as tf from '@tensorflow/tfjs';
import type { Schedule } from '../rate.js';

/** What {@link cosine} takes. */
export interface CosineOptions {
  /** η at step 0. */
  readonly initial: number;
  /** η from step `steps` on. Default 0. */
  readonly final?: number;
  /** Length of the half period, ≥ 1. */
  readonly steps: number;
}

/**
 * η(step) = final + (initial − final) (1 + cos(π min(step, steps) / steps)) / 2.
 *
 * @see Loshchilov, Hutter. SGDR. ICLR 2017, eq. 5, without restarts. arXiv:1608.03983.
 */
export function cosine({ initial, final = 0, steps }: CosineOptions): Schedule {
  const half = (initial - final) / 2;
  return (step) =>
    tf
      .cos(tf.minimum(step, steps).mul(Math.PI / steps))
      .mul(half)
      .add(final + half);
}
