export { type BlackBoxOptions, blackBoxDefaults } from './blackbox-options.js';
export {
  attentiveDefaults,
  backpropamineDefaults,
  createAttentiveNeuralProcess,
  createBackpropamine,
  createConditionalNeuralProcess,
  createDifferentiablePlasticity,
  createHypernetwork,
  createInContextTransformer,
  createLstm,
  createMann,
  createSnail,
  hypernetworkDefaults,
  type LstmOptions,
  lstmDefaults,
  type MannOptions,
  mannDefaults,
  neuralProcessDefaults,
  type PlasticLearnerOptions,
  plasticityDefaults,
  type SetLearnerOptions,
  type SnailLearnerOptions,
  snailDefaults,
  type TransformerLearnerOptions,
  transformerDefaults,
} from './create-learners.js';
export { scanning } from './engine/scan.js';
export type * from './engine/sequence-core.js';
export {
  type ReadingOptions,
  readingDefaults,
  type SequenceLearnerParts,
  sequenceLearner,
} from './engine/sequence-learner.js';
export { blackboxMetaPlugin } from './plugin.js';
export { supportBlind } from './probes/support-blind.js';
export { type SupportInfluenceOptions, supportInfluence } from './probes/support-influence.js';
export {
  cosineSimilarity,
  leastUsed,
  type MemoryAugmentedOptions,
  memoryAugmentedCore,
} from './sequence/memory-augmented.js';
export { nextTrace, type PlasticOptions, plasticCore, type TraceRule } from './sequence/plastic.js';
export { type RecurrentCoreOptions, recurrentCore } from './sequence/recurrent.js';
export { type SnailOptions, snailCore } from './sequence/snail.js';
export { type TransformerOptions, transformerCore } from './sequence/transformer.js';
export { type Aggregator, aggregate } from './sets/aggregate.js';
export { type PathRegularization, pathRegularizationDefaults } from './sets/path-regularization.js';
export {
  type Conditioning,
  conditionedPredictor,
  type Predictor,
  type PredictorSizes,
} from './sets/predictor.js';
export { type SetLearnerParts, type SetReadout, setLearner } from './sets/set-learner.js';
export { accuracyByInstance, type InstanceAccuracy } from './streams/accuracy-by-instance.js';
export { VERSION } from './version.js';
