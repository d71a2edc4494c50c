import type { Rng } from '@tasklearn/core';
import type { Interval } from './interval.js';
import { quantileOfSorted } from './quantile.js';

/** Scores of runs on tasks: `scores[seed][task]`; every seed has the same tasks. */
export type ScoreMatrix = readonly (readonly number[])[];

/** Settings of a bootstrap. */
export interface BootstrapOptions {
  /** Source of the resampling; the same `rng` gives the same interval. */
  readonly rng: Rng;
  /** Resamples. Default 2000. */
  readonly resamples?: number;
  /** In (0, 1). Default 0.95. */
  readonly confidence?: number;
}

/**
 * Percentile interval of a statistic by the stratified bootstrap: within each task the seeds are resampled with
 * replacement, tasks are kept. With few seeds (below about twenty) it is somewhat too narrow, as percentile intervals are.
 *
 * @param scores - [seeds][tasks].
 * @param statistic - from all scores (flattened, in any order) to a number, e.g. `interquartileMean`.
 * @returns the statistic on the scores themselves, with its interval.
 * @see Agarwal et al. 2021, arXiv:2108.13264, section 4.1.
 */
export function stratifiedBootstrap(
  scores: ScoreMatrix,
  statistic: (values: ArrayLike<number>) => number,
  options: BootstrapOptions,
): Interval {
  const { rng, resamples = 2000, confidence = 0.95 } = options;
  const seeds = scores.length;
  const tasks = scores[0]?.length ?? 0;
  const sample = new Float64Array(seeds * tasks);
  const statistics = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let task = 0; task < tasks; task++) {
      for (let i = 0; i < seeds; i++) sample[task * seeds + i] = scores[rng.integer(seeds)]![task]!;
    }
    statistics[r] = statistic(sample);
  }
  statistics.sort();
  return {
    estimate: statistic(scores.flat()),
    lower: quantileOfSorted(statistics, (1 - confidence) / 2),
    upper: quantileOfSorted(statistics, (1 + confidence) / 2),
    confidence,
    method: 'percentileBootstrap',
    count: seeds * tasks,
  };
}
