/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Lower end of the confidences in it, inclusive. */
  readonly lower: number;
  /** Upper end, exclusive; inclusive for the last bin. */
  readonly upper: number;
  /** Predictions in it. */
  readonly count: number;
  /** Their mean confidence; 0 for an empty bin. */
  readonly confidence: number;
  /** The share of them that is right; 0 for an empty bin. */
  readonly accuracy: number;
}

/**
 * Sorts predictions by confidence into bins of equal width over [0, 1].
 *
 * @param confidences - probability given to the predicted class, in [0, 1], one per prediction.
 * @param correct - 1 where the prediction was right, else 0.
 * @param bins - number of bins, ≥ 1. Default 15, as in the papers.
 * @returns the bins in ascending order; empty ones have count 0.
 * @see Guo, Pleiss, Sun, Weinberger. On Calibration of Modern Neural Networks. ICML 2017. arXiv:1706.04599.
 */
export function reliabilityBins(
  confidences: ArrayLike<number>,
  correct: ArrayLike<number>,
  bins = 15,
): ReliabilityBin[] {
  const counts = new Float64Array(bins);
  const confidenceSums = new Float64Array(bins);
  const correctSums = new Float64Array(bins);
  for (let i = 0; i < confidences.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(confidences[i]! * bins)));
    counts[bin]! += 1;
    confidenceSums[bin]! += confidences[i]!;
    correctSums[bin]! += correct[i]!;
  }
  return Array.from({ length: bins }, (_, bin) => ({
    lower: bin / bins,
    upper: (bin + 1) / bins,
    count: counts[bin]!,
    confidence: counts[bin]! === 0 ? 0 : confidenceSums[bin]! / counts[bin]!,
    accuracy: counts[bin]! === 0 ? 0 : correctSums[bin]! / counts[bin]!,
  }));
}
