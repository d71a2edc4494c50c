import type { EvaluationRow } from '../rows/evaluation-row.js';
import { expectedCalibrationError, maximumCalibrationError } from '../statistics/calibration-error.js';
import type { ReliabilityBin } from '../statistics/reliability-bins.js';
import type { CalibrationSummary } from './comparison-summary.js';

/** Sums of one bin over seeds. */
interface BinSums {
  count: number;
  confidence: number;
  accuracy: number;
}

function sumsOf(rows: readonly EvaluationRow[]): Map<string, BinSums> {
  const counts = new Map<string, number>();
  for (const { metric, seed, task, value } of rows) {
    if (metric === 'reliability.count') counts.set(`${seed} ${task}`, value ?? 0);
  }
  const sums = new Map<string, BinSums>();
  for (const { metric, seed, task, value } of rows) {
    if (!metric.startsWith('reliability.')) continue;
    const bin = sums.get(task) ?? { count: 0, confidence: 0, accuracy: 0 };
    const count = counts.get(`${seed} ${task}`) ?? 0;
    if (metric === 'reliability.count') bin.count += value ?? 0;
    if (metric === 'reliability.confidence') bin.confidence += (value ?? 0) * count;
    if (metric === 'reliability.accuracy') bin.accuracy += (value ?? 0) * count;
    sums.set(task, bin);
  }
  return sums;
}

/**
 * Reliability diagram over all seeds of one learner, from its `reliability.*` rows.
 *
 * @param rows - rows of one learner.
 * @returns undefined where there are none (regression).
 */
export function calibrationSummary(rows: readonly EvaluationRow[]): CalibrationSummary | undefined {
  const sums = sumsOf(rows.filter(({ split }) => split === 'test'));
  if (sums.size === 0) return undefined;
  const bins: ReliabilityBin[] = Array.from({ length: sums.size }, (_, index) => {
    const { count, confidence, accuracy } = sums.get(`bin ${index}`) ?? {
      count: 0,
      confidence: 0,
      accuracy: 0,
    };
    const share = (sum: number) => (count === 0 ? 0 : sum / count);
    return {
      lower: index / sums.size,
      upper: (index + 1) / sums.size,
      count,
      confidence: share(confidence),
      accuracy: share(accuracy),
    };
  });
  return { bins, expected: expectedCalibrationError(bins), maximum: maximumCalibrationError(bins) };
}
