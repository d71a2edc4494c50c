/**
 * Sample quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan, NumPy's default).
 *
 * @param values - any numbers, in any order; not modified.
 * @param p - in [0, 1].
 * @returns the quantile; NaN for no values.
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

/**
 * {@link quantile} of values that are in ascending order already.
 *
 * @param sorted - ascending numbers.
 * @param p - in [0, 1].
 * @returns the quantile; NaN for no values.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const position = Math.min(1, Math.max(0, p)) * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** Median with the quartiles around it. */
export interface MedianSummary {
  readonly median: number;
  /** 25th percentile. */
  readonly lowerQuartile: number;
  /** 75th percentile. */
  readonly upperQuartile: number;
  /** Interquartile range. */
  readonly range: number;
}

/**
 * Median and interquartile range.
 *
 * @param values - any numbers, in any order; not modified.
 * @returns the summary; NaN throughout for no values.
 */
export function medianSummary(values: ArrayLike<number>): MedianSummary {
  const sorted = Float64Array.from(values).sort();
  const lowerQuartile = quantileOfSorted(sorted, 0.25);
  const upperQuartile = quantileOfSorted(sorted, 0.75);
  return {
    median: quantileOfSorted(sorted, 0.5),
    lowerQuartile,
    upperQuartile,
    range: upperQuartile - lowerQuartile,
  };
}
