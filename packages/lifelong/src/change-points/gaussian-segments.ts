import type { SegmentModel } from './run-length-filter.js';

/** A Gaussian belief about the mean of a segment. */
export interface MeanBelief {
  readonly mean: number;
  readonly variance: number;
}

/**
 * Segments of numbers about a mean of their own: μ ~ N(mean, deviation²), x ~ N(μ, noise²).
 *
 * @param options - `mean` and `deviation` > 0 of the prior, `noise` > 0 of an observation.
 */
export function gaussianSegments({
  mean,
  deviation,
  noise,
}: {
  readonly mean: number;
  readonly deviation: number;
  readonly noise: number;
}): SegmentModel<MeanBelief, number> {
  return {
    prior: { mean, variance: deviation ** 2 },
    logProbability(belief, x) {
      const variance = belief.variance + noise ** 2;
      return -0.5 * ((x - belief.mean) ** 2 / variance + Math.log(2 * Math.PI * variance));
    },
    update(belief, x) {
      const variance = 1 / (1 / belief.variance + 1 / noise ** 2);
      return { mean: variance * (belief.mean / belief.variance + x / noise ** 2), variance };
    },
  };
}
