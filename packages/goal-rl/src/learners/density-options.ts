import { type Rng, requireInteger, requireOneOf, requirePositive, TasklearnError } from '@tasklearn/core';
import type { Density } from '../densities/density.js';
import { gaussianMixtureDensity } from '../densities/gaussian-mixture-density.js';
import { histogramDensity } from '../densities/histogram-density.js';
import { nearestNeighbourDensity } from '../densities/nearest-neighbour-density.js';

/** A density of states; JSON. */
export interface DensityOptions {
  /** Which one. */
  readonly density: 'gaussian-mixture' | 'histogram' | 'nearest-neighbour';
  /** Gaussians of a mixture, or the k of nearest neighbours. */
  readonly components: number;
  /** Least standard deviation of a Gaussian, or distance added to neighbours: the resolution. */
  readonly resolution: number;
  /** Cells along each number of a histogram, whose numbers lie within ± `reach`. */
  readonly bins: number;
  readonly reach: number;
}

/** Thirty-two Gaussians of at least 0.05. */
export const densityDefaults: DensityOptions = {
  density: 'gaussian-mixture',
  components: 32,
  resolution: 0.05,
  bins: 16,
  reach: 1,
};

/** Makes a density of `size` features. @throws `INVALID_OPTION`. */
export function densityFor(owner: string, options: DensityOptions): (size: number, rng: Rng) => Density {
  const kind = requireOneOf(owner, options, 'density', [
    'gaussian-mixture',
    'histogram',
    'nearest-neighbour',
  ]);
  const components = requireInteger(owner, options, 'components');
  const resolution = requirePositive(owner, options, 'resolution');
  const bins = requireInteger(owner, options, 'bins');
  const reach = requirePositive(owner, options, 'reach');
  if (kind === 'gaussian-mixture')
    return (size, rng) => gaussianMixtureDensity({ size, components, minimumDeviation: resolution, rng });
  if (kind === 'nearest-neighbour')
    return (size) => nearestNeighbourDensity({ size, neighbours: components, minimumDistance: resolution });
  return (size) => {
    if (bins ** size > 1e6) {
      throw new TasklearnError(
        'INVALID_OPTION',
        `${owner}: a histogram of ${size} features with ${bins} bins each has more than a million cells. List fewer \`features\`.`,
        { key: 'features', received: size },
      );
    }
    const limit = new Array<number>(size).fill(reach);
    return histogramDensity({ minimum: limit.map((value) => -value), maximum: limit, bins });
  };
}
