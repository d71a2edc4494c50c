import { type HostTensor, requireInteger, requirePositive } from '@tasklearn/core';
import type { Density } from './density.js';
import { fromSaved, pointsIn, toSaved, weightsOf } from './density-shape.js';

/** What {@link nearestNeighbourDensity} is made of. */
export interface NearestNeighbourDensityOptions {
  /** D, numbers of one state. */
  readonly size: number;
  /** k >= 1: the density follows from the distance to the k-th nearest point. Default 12. */
  readonly neighbours?: number;
  /** Added to distances, > 0: bounds the density where points coincide. Default 1e-3. */
  readonly minimumDistance?: number;
  /** Most points kept, evenly spaced through those given; each costs time in every query. Default 2000. */
  readonly capacity?: number;
}

type Settings = Required<NearestNeighbourDensityOptions>;

/** log volume of the unit ball in D dimensions, by V_D = V_{D−2} · 2π / D. */
function logUnitBall(size: number): number {
  let log = size % 2 === 0 ? 0 : Math.LN2;
  for (let d = size % 2 === 0 ? 2 : 3; d <= size; d += 2) log += Math.log((2 * Math.PI) / d);
  return log;
}

/** Squared distance and weight of the nearest points of one query, nearest first, until `mass` is reached. */
function distanceOfMass(
  { size }: Settings,
  query: Float32Array,
  points: Float32Array,
  weights: Float64Array,
  mass: number,
): { readonly distance: number; readonly mass: number } {
  const order: { distance: number; weight: number }[] = [];
  for (let point = 0; point < weights.length; point += 1) {
    let squared = 0;
    for (let axis = 0; axis < size; axis += 1) {
      squared += ((points[point * size + axis] as number) - (query[axis] as number)) ** 2;
    }
    order.push({ distance: squared, weight: weights[point] as number });
  }
  order.sort((a, b) => a.distance - b.distance);
  let sum = 0;
  for (const { distance, weight } of order) {
    sum += weight;
    if (sum >= mass) return { distance: Math.sqrt(distance), mass: sum };
  }
  return { distance: Math.sqrt(order.at(-1)?.distance ?? 0), mass: sum };
}

function fitted(settings: Settings, points: Float32Array, weights: Float64Array): Density {
  const { size, neighbours, minimumDistance, capacity } = settings;
  const logBall = logUnitBall(size);
  const logOf = (query: Float32Array): number => {
    if (weights.length === 0) return 0;
    const wanted = Math.min(1, neighbours / weights.length) * (1 - 1e-9);
    const { distance, mass } = distanceOfMass(settings, query, points, weights, wanted);
    return Math.log(mass) - logBall - size * Math.log(distance + minimumDistance);
  };
  return {
    size,
    logDensity(queries) {
      const count = pointsIn('nearestNeighbourDensity', queries, size);
      return Float64Array.from({ length: count }, (_, query) =>
        logOf(queries.subarray(query * size, (query + 1) * size)),
      );
    },
    fit(given, givenWeights) {
      const count = pointsIn('nearestNeighbourDensity.fit', given, size);
      const own = weightsOf('nearestNeighbourDensity.fit', count, givenWeights);
      const kept = Math.min(count, capacity);
      const chosen = Array.from({ length: kept }, (_, index) => Math.floor((index * count) / kept));
      const total = chosen.reduce((sum, index) => sum + (own[index] as number), 0);
      return fitted(
        settings,
        Float32Array.from(chosen.flatMap((index) => [...given.subarray(index * size, (index + 1) * size)])),
        Float64Array.from(chosen, (index) => (own[index] as number) / total),
      );
    },
    save: () => ({
      points: { dtype: 'float32', shape: [points.length], data: points.slice() },
      weights: toSaved(weights),
    }),
    restore(saved) {
      const { points: held, weights: own } = saved as Readonly<Record<'points' | 'weights', HostTensor>>;
      return fitted(settings, Float32Array.from(held.data), fromSaved(own));
    },
  };
}

/**
 * Density from distances: p(x) = m / (V_D r(x)^D), r the distance within which the nearest points have mass
 * m >= k / N, and V_D the volume of the unit ball. Assumes no shape; costs a pass over all points per query.
 * Before any fit it is 1 everywhere.
 *
 * @throws `INVALID_OPTION`.
 * @see Loftsgaarden, Quesenberry. A Nonparametric Estimate of a Multivariate Density Function. Annals of Mathematical Statistics, 1965.
 */
export function nearestNeighbourDensity(options: NearestNeighbourDensityOptions): Density {
  const settings = { neighbours: 12, minimumDistance: 1e-3, capacity: 2000, ...options };
  const owner = 'nearestNeighbourDensity';
  requireInteger(owner, settings, 'size');
  requireInteger(owner, settings, 'neighbours');
  requireInteger(owner, settings, 'capacity');
  requirePositive(owner, settings, 'minimumDistance');
  return fitted(settings, new Float32Array(0), new Float64Array(0));
}
