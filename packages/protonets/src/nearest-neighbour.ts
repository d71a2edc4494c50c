import { type PartialOptions, requireInteger, requireOneOf, resolveOptions } from '@tasklearn/core';
import { items } from './engine/class-model.js';
import { rawInputs } from './engine/embedder.js';
import { type MetricLearner, metricLearner } from './engine/metric-learner.js';
import { nearestVotes } from './engine/readout.js';
import { cosine, negativeSquaredEuclidean } from './engine/similarity.js';

/** Options of `nearest-neighbour`. */
export type NearestNeighbourOptions = {
  /** `euclidean` is L2 on the raw inputs. */
  readonly distance: 'euclidean' | 'cosine';
  /** k, how many support items vote. */
  readonly neighbours: number;
};

/** The nearest support item by L2. */
export const nearestNeighbourDefaults: NearestNeighbourOptions = { distance: 'euclidean', neighbours: 1 };

/**
 * The label of the nearest support item on raw inputs, or a vote of the k nearest. Nothing is trained.
 *
 * ŷ = y_i with i = argmin_i ‖x − x_i‖²
 *
 * @param options - those given; the rest are {@link nearestNeighbourDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Fix, Hodges. Discriminatory Analysis. Nonparametric Discrimination. 1951.
 */
export function createNearestNeighbour(options: PartialOptions<NearestNeighbourOptions> = {}): MetricLearner {
  const all = resolveOptions('nearest-neighbour', nearestNeighbourDefaults, options);
  requireOneOf('nearest-neighbour', all, 'distance', ['euclidean', 'cosine']);
  requireInteger('nearest-neighbour', all, 'neighbours', 1);
  return metricLearner({
    embed: rawInputs(),
    classModel: items(),
    similarity: all.distance === 'euclidean' ? negativeSquaredEuclidean() : cosine(1),
    readout: nearestVotes(all.neighbours),
    temperature: 1,
    jointEmbedding: false,
  });
}
