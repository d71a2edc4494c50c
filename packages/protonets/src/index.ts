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
export { protonetsPlugin } from './plugin.js';
export { createProbe, type ProbeOptions, probeDefaults } from './probe.js';
export { type ClusterVotes, clusterHead } from './probes/cluster-head.js';
export { type FitClustersOptions, fitClusters } from './probes/fit-clusters.js';
export { type LogisticHeadOptions, logisticHead } from './probes/logistic-head.js';
export { type MlpHeadOptions, mlpHead, type TwoLayers } from './probes/mlp-head.js';
export type { LinearClassifier, ProbeHead } from './probes/probe-head.js';
export { probeLearner } from './probes/probe-learner.js';
export { ridgeHead } from './probes/ridge-head.js';
export { createProtonet, type ProtonetOptions, protonetDefaults } from './protonet.js';
export { VERSION } from './version.js';
