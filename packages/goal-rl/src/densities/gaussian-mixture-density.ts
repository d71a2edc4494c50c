import { type HostTensor, type Rng, requireInteger, requirePositive, type Tree } from '@tasklearn/core';
import type { Density } from './density.js';
import { fromSaved, pointsIn, toSaved, weightsOf } from './density-shape.js';

/** What {@link gaussianMixtureDensity} is made of. */
export interface GaussianMixtureDensityOptions {
  /** D, numbers of one state. */
  readonly size: number;
  /** M, Gaussians with diagonal covariance, >= 1. Default 16. */
  readonly components?: number;
  /** Rounds of expectation and maximisation per fit, >= 1. Default 10. */
  readonly iterations?: number;
  /** Least standard deviation along each number, > 0: the resolution of the density. Default 0.05. */
  readonly minimumDeviation?: number;
  /** Decides where the components start. */
  readonly rng: Rng;
}

type Settings = Required<GaussianMixtureDensityOptions>;

/** π_m, μ_m and σ²_m: [M], [M * D], [M * D]. */
interface Mixture {
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/** log π_m + log N(x; μ_m, σ²_m) of one point, into `logs` [M]; returns log p(x). */
function componentLogs(
  { weights, means, variances }: Mixture,
  points: Float32Array,
  offset: number,
  logs: Float64Array,
): number {
  const size = means.length / weights.length;
  let largest = Number.NEGATIVE_INFINITY;
  for (let m = 0; m < weights.length; m += 1) {
    let log = Math.log(weights[m] as number);
    for (let axis = 0; axis < size; axis += 1) {
      const variance = variances[m * size + axis] as number;
      const away = (points[offset + axis] as number) - (means[m * size + axis] as number);
      log -= 0.5 * ((away * away) / variance + Math.log(2 * Math.PI * variance));
    }
    logs[m] = log;
    largest = Math.max(largest, log);
  }
  let sum = 0;
  for (let m = 0; m < weights.length; m += 1) sum += Math.exp((logs[m] as number) - largest);
  return largest + Math.log(sum);
}

/** Components centred on points far apart (k-means++), each as wide as all points together. */
function spread(settings: Settings, points: Float32Array, weights: ArrayLike<number>): Mixture {
  const { size, components, minimumDeviation, rng } = settings;
  const count = points.length / size;
  const stream = rng.split('start').split(count);
  const nearest = new Float64Array(count).fill(1);
  const means = new Float64Array(components * size);
  for (let m = 0; m < components; m += 1) {
    let total = 0;
    for (let point = 0; point < count; point += 1)
      total += (nearest[point] as number) * (weights[point] as number);
    let left = stream.next() * total;
    let chosen = 0;
    while (chosen < count - 1 && left >= (nearest[chosen] as number) * (weights[chosen] as number)) {
      left -= (nearest[chosen] as number) * (weights[chosen] as number);
      chosen += 1;
    }
    means.set(points.subarray(chosen * size, (chosen + 1) * size), m * size);
    for (let point = 0; point < count; point += 1) {
      let squared = 0;
      for (let axis = 0; axis < size; axis += 1)
        squared += ((points[point * size + axis] as number) - (means[m * size + axis] as number)) ** 2;
      nearest[point] = m === 0 ? squared : Math.min(nearest[point] as number, squared);
    }
  }
  const variance = variancesOf(points, weights, size).map((value) =>
    Math.max(minimumDeviation ** 2, value / components ** (2 / size)),
  );
  return {
    weights: new Float64Array(components).fill(1 / components),
    means,
    variances: Float64Array.from(
      { length: components * size },
      (_, index) => variance[index % size] as number,
    ),
  };
}

/** Weighted variance of each number, [D]. */
function variancesOf(points: Float32Array, weights: ArrayLike<number>, size: number): number[] {
  return Array.from({ length: size }, (_, axis) => {
    let [mass, sum, squares] = [0, 0, 0];
    for (let point = 0; point < weights.length; point += 1) {
      const [weight, value] = [weights[point] as number, points[point * size + axis] as number];
      mass += weight;
      sum += weight * value;
      squares += weight * value * value;
    }
    return Math.max(0, squares / mass - (sum / mass) ** 2);
  });
}

/** One round of expectation and maximisation. */
function improved(
  { size, minimumDeviation }: Settings,
  mixture: Mixture,
  points: Float32Array,
  weights: ArrayLike<number>,
): Mixture {
  const components = mixture.weights.length;
  const logs = new Float64Array(components);
  const mass = new Float64Array(components).fill(1e-9);
  const [sums, squares] = [new Float64Array(components * size), new Float64Array(components * size)];
  for (let point = 0; point < weights.length; point += 1) {
    const log = componentLogs(mixture, points, point * size, logs);
    for (let m = 0; m < components; m += 1) {
      const share = (weights[point] as number) * Math.exp((logs[m] as number) - log);
      if (share < 1e-12) continue;
      mass[m] = (mass[m] as number) + share;
      for (let axis = 0; axis < size; axis += 1) {
        const value = points[point * size + axis] as number;
        sums[m * size + axis] = (sums[m * size + axis] as number) + share * value;
        squares[m * size + axis] = (squares[m * size + axis] as number) + share * value * value;
      }
    }
  }
  const total = mass.reduce((sum, value) => sum + value, 0);
  const of = (index: number) => mass[Math.floor(index / size)] as number;
  const means = sums.map((sum, index) =>
    of(index) < 1e-6 ? (mixture.means[index] as number) : sum / of(index),
  );
  const variances = squares.map((sum, index) =>
    of(index) < 1e-6
      ? (mixture.variances[index] as number)
      : Math.max(minimumDeviation ** 2, sum / of(index) - (means[index] as number) ** 2),
  );
  return { weights: mass.map((value) => value / total), means, variances };
}

function fitted(settings: Settings, mixture: Mixture | undefined): Density {
  const { size, iterations } = settings;
  return {
    size,
    logDensity(points) {
      const count = pointsIn('gaussianMixtureDensity', points, size);
      if (mixture === undefined) return new Float64Array(count);
      const logs = new Float64Array(mixture.weights.length);
      return Float64Array.from({ length: count }, (_, point) =>
        Math.max(-700, componentLogs(mixture, points, point * size, logs)),
      );
    },
    fit(points, given) {
      const count = pointsIn('gaussianMixtureDensity.fit', points, size);
      const weights = weightsOf('gaussianMixtureDensity.fit', count, given);
      let next = spread(settings, points, weights);
      for (let round = 0; round < iterations; round += 1) next = improved(settings, next, points, weights);
      return fitted(settings, next);
    },
    save: () =>
      mixture === undefined
        ? {}
        : {
            weights: toSaved(mixture.weights),
            means: toSaved(mixture.means),
            variances: toSaved(mixture.variances),
          },
    restore: (saved) => fitted(settings, restored(saved)),
  };
}

function restored(saved: Tree<HostTensor>): Mixture | undefined {
  const held = saved as Partial<Record<keyof Mixture, HostTensor>>;
  if (held.weights === undefined) return undefined;
  return {
    weights: fromSaved(held.weights),
    means: fromSaved(held.means as HostTensor),
    variances: fromSaved(held.variances as HostTensor),
  };
}

/**
 * A mixture of M Gaussians with diagonal covariance, fitted by expectation and maximisation from centres far apart.
 * Smooth, so that its log density pulls towards places near those that were visited. Before any fit it is 1 everywhere.
 *
 * @throws `INVALID_OPTION`.
 * @see Dempster, Laird, Rubin. Maximum Likelihood from Incomplete Data via the EM Algorithm. Journal of the Royal Statistical Society B, 1977.
 */
export function gaussianMixtureDensity(options: GaussianMixtureDensityOptions): Density {
  const settings = { components: 16, iterations: 10, minimumDeviation: 0.05, ...options };
  const owner = 'gaussianMixtureDensity';
  requireInteger(owner, settings, 'size');
  requireInteger(owner, settings, 'components');
  requireInteger(owner, settings, 'iterations');
  requirePositive(owner, settings, 'minimumDeviation');
  return fitted(settings, undefined);
}
