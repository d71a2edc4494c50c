import type { Rng } from '@tasklearn/core';
import type { Interval } from './interval.js';
import { mean } from './moments.js';
import { normalCumulative, normalQuantile } from './normal-distribution.js';
import { quantileOfSorted } from './quantile.js';
import type { BootstrapOptions } from './stratified-bootstrap.js';

/** Resamples seeds, then episodes within each drawn seed; the mean of seed means. */
function resampledMean(clusters: readonly ArrayLike<number>[], rng: Rng): number {
  let total = 0;
  for (let c = 0; c < clusters.length; c++) {
    const cluster = clusters[rng.integer(clusters.length)]!;
    let sum = 0;
    for (let i = 0; i < cluster.length; i++) sum += cluster[rng.integer(cluster.length)]!;
    total += sum / cluster.length;
  }
  return total / clusters.length;
}

/** Acceleration a of BCa from leave-one-cluster-out means. */
function acceleration(clusterMeans: readonly number[]): number {
  const count = clusterMeans.length;
  const total = clusterMeans.reduce((sum, value) => sum + value, 0);
  const left = clusterMeans.map((value) => (total - value) / (count - 1));
  const centre = mean(left);
  const squares = left.reduce((sum, value) => sum + (centre - value) ** 2, 0);
  const cubes = left.reduce((sum, value) => sum + (centre - value) ** 3, 0);
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** The level at which to read the bootstrap distribution so that the interval is corrected for bias and skew. */
function adjustedLevel(level: number, bias: number, a: number): number {
  const z = bias + normalQuantile(level);
  return normalCumulative(bias + z / (1 - a * z));
}

/**
 * Mean with an interval that holds both kinds of spread, between seeds and between episodes: resamples seeds, then
 * episodes within each drawn seed, and reads the bias-corrected and accelerated (BCa) interval.
 *
 * With few seeds it is too narrow, as every bootstrap is: below about ten, prefer a t interval over seed means.
 *
 * @param clusters - one array of episode values per seed; lengths may differ, none is empty.
 * @returns the mean of seed means with its interval. With one seed it covers the episodes alone.
 * @see Efron. Better Bootstrap Confidence Intervals. JASA 82, 1987. Davison and Hinkley, Bootstrap Methods, 3.8.
 */
export function clusterBootstrap(
  clusters: readonly ArrayLike<number>[],
  options: BootstrapOptions,
): Interval {
  const { rng, resamples = 2000, confidence = 0.95 } = options;
  const clusterMeans = clusters.map((cluster) => mean(cluster));
  const estimate = mean(clusterMeans);
  const statistics = Float64Array.from({ length: resamples }, () => resampledMean(clusters, rng)).sort();
  let below = 0;
  let ties = 0;
  for (const value of statistics) {
    if (value < estimate) below++;
    else if (value === estimate) ties++;
  }
  const share = Math.min(1 - 0.5 / resamples, Math.max(0.5 / resamples, (below + ties / 2) / resamples));
  const bias = normalQuantile(share);
  const a = clusters.length > 1 ? acceleration(clusterMeans) : 0;
  return {
    estimate,
    lower: quantileOfSorted(statistics, adjustedLevel((1 - confidence) / 2, bias, a)),
    upper: quantileOfSorted(statistics, adjustedLevel((1 + confidence) / 2, bias, a)),
    confidence,
    method: 'bcaBootstrap',
    count: clusters.length,
  };
}
