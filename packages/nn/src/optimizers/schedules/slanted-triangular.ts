import * as tf from '@tensorflow/tfjs';
import type { Schedule } from '../rate.js';

/** What {@link slantedTriangular} takes. */
export interface SlantedTriangularOptions {
  /** η_max. */
  readonly peak: number;
  /** Length of the triangle, > 1. */
  readonly steps: number;
  /** Share of the steps in which η rises, in (0, 1). Default 0.1. */
  readonly cutFraction?: number;
  /** η_max over the lowest η. Default 32. */
  readonly ratio?: number;
}

/**
 * A short rise and a long fall: η(step) = η_max (1 + p (ratio − 1)) / ratio, with p rising from 0 to 1 at
 * cut = max(1, ⌊steps · cutFraction⌋) and falling to 0 at `steps`, where it stays.
 *
 * @remarks The paper falls over cut · (1/cutFraction − 1) steps, which is steps − cut where nothing is rounded.
 * @see Howard, Ruder. Universal Language Model Fine-tuning. ACL 2018, eq. 3. arXiv:1801.06146.
 */
export function slantedTriangular(options: SlantedTriangularOptions): Schedule {
  const { peak, steps, cutFraction = 0.1, ratio = 32 } = options;
  const cut = Math.max(1, Math.floor(steps * cutFraction));
  return (step) => {
    const rise = step.mul(1 / cut);
    const fall = tf.sub(steps, step).mul(1 / (steps - cut));
    const p = tf.relu(tf.minimum(rise, fall));
    return p.mul((peak * (ratio - 1)) / ratio).add(peak / ratio);
  };
}
