import type { Interval } from './interval.js';
import { mean, sampleVariance } from './moments.js';
import { normalQuantile } from './normal-distribution.js';
import { studentQuantile } from './student-t.js';

/** How {@link meanInterval} is made. */
export interface MeanIntervalOptions {
  /** In (0, 1). Default 0.95. */
  readonly confidence?: number;
  /** `normal` is the papers' convention over episodes; `t` is right for few values (seeds). Default `normal`. */
  readonly method?: 'normal' | 't';
}

/**
 * Mean with an interval over independent observations.
 *
 * x̄ ± q s/√n, where s² is the sample variance and q = Φ⁻¹(0.975) = 1.96 (`normal`) or the t quantile with n − 1
 * degrees of freedom (`t`), at confidence 0.95.
 *
 * @param values - one number per episode, or per seed.
 * @returns the interval; both ends NaN with one value and method `t`, since one value says nothing of the spread.
 *
 * @example
 * ```ts
 * meanInterval([1, 2, 3, 4, 5]).upper; // => 4.385903824349676
 * ```
 */
export function meanInterval(values: ArrayLike<number>, options: MeanIntervalOptions = {}): Interval {
  const { confidence = 0.95, method = 'normal' } = options;
  const probability = 0.5 + confidence / 2;
  const count = values.length;
  const quantile =
    method === 'normal' ? normalQuantile(probability) : studentQuantile(probability, count - 1);
  const estimate = mean(values);
  const halfWidth = quantile * Math.sqrt(sampleVariance(values) / count);
  return { estimate, lower: estimate - halfWidth, upper: estimate + halfWidth, confidence, method, count };
}
