import type { ReliabilityBin } from './reliability-bins.js';

/**
 * Expected calibration error, ECE = Σ_m (|B_m| / n) |accuracy(B_m) − confidence(B_m)|.
 *
 * @param bins - from `reliabilityBins`.
 * @returns a number in [0, 1]; 0 for perfect calibration at this resolution, NaN where all bins are empty.
 * @see Guo et al. 2017, arXiv:1706.04599, equation 3.
 */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  return bins.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.accuracy - bin.confidence), 0);
}

/**
 * Maximum calibration error, MCE = max_m |accuracy(B_m) − confidence(B_m)| over bins that are not empty.
 *
 * @param bins - from `reliabilityBins`.
 * @returns a number in [0, 1].
 * @see Guo et al. 2017, arXiv:1706.04599, equation 5.
 */
export function maximumCalibrationError(bins: readonly ReliabilityBin[]): number {
  return bins.reduce(
    (worst, bin) => (bin.count === 0 ? worst : Math.max(worst, Math.abs(bin.accuracy - bin.confidence))),
    0,
  );
}
