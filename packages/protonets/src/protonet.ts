import { type PartialOptions, requireOneOf, requirePositive, resolveOptions } from '@tasklearn/core';
import { type OptimizerOptions, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import {
  type EmbeddingOptions,
  embeddingDefaults,
  embeddingFor,
  validateEmbeddingOptions,
} from './embedding-options.js';
import { prototypes } from './engine/class-model.js';
import { network } from './engine/embedder.js';
import { type MetricLearner, metricLearner } from './engine/metric-learner.js';
import { softmaxOverCentres } from './engine/readout.js';
import { cosine, negativeSquaredEuclidean } from './engine/similarity.js';

/** Options of `protonet`. */
export type ProtonetOptions = {
  /** `euclidean` is the squared Euclidean distance, whose best centre is the class mean. */
  readonly distance: 'euclidean' | 'cosine';
  /** Factor of the cosine, > 0; without one a softmax cannot become confident. Only with `cosine`. */
  readonly cosineScale: number;
  /** Distances are divided by this before the softmax, > 0. */
  readonly temperature: number;
  /** Whether batch statistics at meta-training are those of support and query together, or of each set alone as at meta-test. */
  readonly trainingStatistics: 'separate' | 'joint';
  /** The outer optimiser. Its schedule is null for a constant rate. */
  readonly optimizer: OptimizerOptions;
  readonly model: EmbeddingOptions;
};

/** The paper's settings: Adam at 0.001, halved every 2,000 updates. */
export const protonetDefaults: ProtonetOptions = {
  distance: 'euclidean',
  cosineScale: 10,
  temperature: 1,
  trainingStatistics: 'separate',
  optimizer: { ...optimizerDefaults, schedule: { name: 'stepDecay', every: 2000, factor: 0.5 } },
  model: embeddingDefaults,
};

/**
 * Prototypical networks: a class is the mean of its support items in a learned space, and a query belongs to the nearest one.
 *
 * c_n = mean of f_θ(x_i) over i of class n;  p(y = n | x) = softmax_n(−d(f_θ(x), c_n))
 *
 * For d the squared Euclidean distance this is a linear classifier with w_n = 2 c_n, b_n = −‖c_n‖². Ways and shots at
 * meta-test are free.
 *
 * @param options - those given; the rest are {@link protonetDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Snell, Swersky, Zemel. Prototypical Networks for Few-shot Learning. NeurIPS 2017. arXiv:1703.05175.
 */
export function createProtonet(options: PartialOptions<ProtonetOptions> = {}): MetricLearner {
  const all = resolveOptions('protonet', protonetDefaults, options);
  requireOneOf('protonet', all, 'distance', ['euclidean', 'cosine']);
  requirePositive('protonet', all, 'cosineScale');
  requirePositive('protonet', all, 'temperature');
  requireOneOf('protonet', all, 'trainingStatistics', ['separate', 'joint']);
  validateEmbeddingOptions('protonet', all.model);
  return metricLearner({
    embed: network((spec) => embeddingFor(spec, all.model)),
    classModel: prototypes(),
    similarity: all.distance === 'euclidean' ? negativeSquaredEuclidean() : cosine(all.cosineScale),
    readout: softmaxOverCentres(),
    temperature: all.temperature,
    jointEmbedding: all.trainingStatistics === 'joint',
    optimizer: optimizerFor(all.optimizer),
  });
}
