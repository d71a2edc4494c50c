import { normalQuantile } from './normal-distribution.js';

/**
 * Pairs needed to see a mean paired difference of a given size.
 *
 * n = ⌈ ((Φ⁻¹(1 − α/2) + Φ⁻¹(power)) · s / δ)² ⌉
 *
 * @param difference - δ, the mean difference worth seeing, ≠ 0, in the metric's unit.
 * @param standardDeviation - s of the paired differences, ≥ 0, same unit.
 * @param options - α (default 0.05) and power (default 0.8), both in (0, 1).
 * @returns the number of pairs, at least 2; Infinity for δ = 0.
 */
export function requiredSampleSize(
  difference: number,
  standardDeviation: number,
  options: { readonly alpha?: number; readonly power?: number } = {},
): number {
  const { alpha = 0.05, power = 0.8 } = options;
  const quantiles = normalQuantile(1 - alpha / 2) + normalQuantile(power);
  return Math.max(2, Math.ceil(((quantiles * standardDeviation) / Math.abs(difference)) ** 2));
}
