/**
 * Performance profile (run-score distribution): for each threshold τ the share of runs that score above it.
 *
 * F(τ) = (1/n) Σ 1(xᵢ > τ)
 *
 * @param values - scores of all runs on all tasks.
 * @param thresholds - τ, any numbers.
 * @returns one share in [0, 1] per threshold.
 * @see Agarwal et al. 2021, arXiv:2108.13264, section 4.2.
 */
export function performanceProfile(values: ArrayLike<number>, thresholds: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return thresholds.map((threshold) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! > threshold) high = middle;
      else low = middle + 1;
    }
    return (sorted.length - low) / sorted.length;
  });
}
