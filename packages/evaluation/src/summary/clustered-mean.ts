import type { Interval } from '../statistics/interval.js';
import { meanInterval } from '../statistics/mean-interval.js';
import { mean } from '../statistics/moments.js';

/**
 * Interval of a mean over clusters: over the values with one seed, over seed means with several.
 *
 * @param clusters - values of each seed.
 * @returns undefined for no seed.
 */
export function clusteredMean(clusters: readonly (readonly number[])[]): Interval | undefined {
  if (clusters.length === 0) return undefined;
  return clusters.length === 1
    ? meanInterval(clusters[0]!)
    : meanInterval(
        clusters.map((values) => mean(values)),
        { method: 't' },
      );
}
