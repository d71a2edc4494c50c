import type { Rng } from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import type { Interval } from './interval.js';
import { meanInterval } from './mean-interval.js';
import { signFlipTest } from './sign-flip-test.js';

/** What {@link pairedDifference} found. */
export interface PairedDifference {
  /** Mean of first − second with its interval over pairs. */
  readonly interval: Interval;
  /** Two-sided sign-flip permutation p-value. */
  readonly pValue: number;
}

/**
 * Compares two learners on the same episodes: mean of dᵢ = aᵢ − bᵢ with an interval (d̄ ± q s_d/√n) and the sign-flip
 * permutation test. Two arms that are the same have difference exactly 0 and p = 1.
 *
 * @param first - aᵢ, one value per episode.
 * @param second - bᵢ, the same episodes in the same order.
 * @throws `SHAPE_MISMATCH` if the lengths differ.
 */
export function pairedDifference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: {
    readonly rng: Rng;
    readonly permutations?: number;
    readonly confidence?: number;
    readonly method?: 'normal' | 't';
  },
): PairedDifference {
  if (first.length !== second.length) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `pairedDifference: both learners need a value for each episode, got ${first.length} and ${second.length} values.`,
      { first: first.length, second: second.length },
    );
  }
  const differences = Float64Array.from({ length: first.length }, (_, i) => first[i]! - second[i]!);
  return { interval: meanInterval(differences, options), pValue: signFlipTest(differences, options) };
}
