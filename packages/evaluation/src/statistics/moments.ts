/**
 * Arithmetic mean, x̄ = Σ xᵢ / n.
 *
 * @param values - any numbers.
 * @returns the mean; NaN for no values.
 */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/**
 * Sample variance, s² = Σ (xᵢ − x̄)² / (n − 1).
 *
 * @param values - any numbers.
 * @returns the variance; 0 for one value, NaN for none.
 */
export function sampleVariance(values: ArrayLike<number>): number {
  if (values.length === 1) return 0;
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return sum / (values.length - 1);
}
