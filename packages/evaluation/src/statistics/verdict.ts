import type { Interval } from './interval.js';

/** What data say about an expected ordering. */
export type Verdict = 'confirmed' | 'refuted' | 'inconclusive';

/**
 * Judges "the first is better than the second by more than a margin" from the interval of their paired difference.
 *
 * confirmed if lower > margin; refuted if upper < margin; otherwise inconclusive.
 *
 * @param difference - interval of better − worse, turned so that larger is better.
 * @param margin - ≥ 0, in the metric's unit. Default 0.
 * @returns the verdict; inconclusive where an end is NaN.
 */
export function verdictOf(difference: Interval, margin = 0): Verdict {
  if (difference.lower > margin) return 'confirmed';
  return difference.upper < margin ? 'refuted' : 'inconclusive';
}
