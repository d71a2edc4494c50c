export { type EmbeddingOptions, embeddingDefaults } from './embedding-options.js';
export { items, prototypes } from './engine/class-model.js';
export { network, rawInputs } from './engine/embedder.js';
export { type MetricLearner, metricLearner } from './engine/metric-learner.js';
export type * from './engine/metric-learner-parts.js';
export { nearestVotes, softmaxOverCentres, softmaxOverClasses } from './engine/readout.js';
export { cosine, negativeSquaredEuclidean } from './engine/similarity.js';
export {
  createNearestNeighbour,
  type NearestNeighbourOptions,
  nearestNeighbourDefaults,
} from './nearest-neighbour.js';
export type { PartialOptions } from './partial-options.js';
export { protonetsPlugin } from './plugin.js';
export { createProtonet, type ProtonetOptions, protonetDefaults } from './protonet.js';
export { VERSION } from './version.js';
