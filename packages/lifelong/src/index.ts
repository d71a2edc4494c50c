export type { BeliefParts, SegmentBelief } from './change-points/belief-settings.js';
export type { ChangePointAgent, ChangePointState } from './change-points/change-point-agent.js';
export { type ClassParameters, type ClassStatistics, classExpert } from './change-points/class-expert.js';
export { createMoca, type MocaLearner, type MocaOptions, mocaDefaults } from './change-points/create-moca.js';
export type {
  Expectation,
  Expert,
  ExpertParameters,
  Judgement,
  Statistics,
} from './change-points/expert.js';
export {
  type ChangePointTheta,
  type FeatureNetwork,
  type FeatureSettings,
  featureNetwork,
} from './change-points/feature-network.js';
export { gaussianSegments, type MeanBelief } from './change-points/gaussian-segments.js';
export { type MixturePrediction, mixtureLogProbability } from './change-points/mixture-prediction.js';
export {
  type RegressionParameters,
  type RegressionStatistics,
  regressionExpert,
} from './change-points/regression-expert.js';
export {
  type RunLengthFilter,
  type RunLengthState,
  runLengthFilter,
  type SegmentModel,
} from './change-points/run-length-filter.js';
export {
  advanceRuns,
  fixedHazard,
  type LogHazard,
  learnedHazard,
  tellRuns,
} from './change-points/run-lengths.js';
export { type Series, seriesLoss } from './change-points/series-loss.js';
export {
  createExperienceReplay,
  createFollowTheLeader,
  createFromScratch,
  createIndependent,
  createMultimodal,
  createOnlineSgd,
  type FollowTheLeaderOptions,
  followTheLeaderDefaults,
  type IndependentOptions,
  independentDefaults,
  type OnlineSgdOptions,
  onlineSgdDefaults,
  type ReplayOptions,
  replayDefaults,
} from './create-learners.js';
export {
  type AveragedGemOptions,
  averagedGemDefaults,
  createAveragedGem,
  createEwc,
  createGem,
  createLearningWithoutForgetting,
  createSynapticIntelligence,
  type EwcOptions,
  ewcDefaults,
  type GemOptions,
  gemDefaults,
  type LwfOptions,
  lwfDefaults,
  type SynapticIntelligenceOptions,
  synapticIntelligenceDefaults,
} from './create-protected-learners.js';
export type { HeadParameters, NetworkParameters, StreamNetwork } from './engine/network.js';
export {
  type BeliefSettings,
  type ConstraintSettings,
  type MemorySettings,
  type OnlineLearnerParts,
  onlineLearner,
  type ProtectionContext,
  type UpdateSettings,
} from './engine/online-learner.js';
export type { Component, OnlineState } from './engine/online-state.js';
export { createIcarl, type IcarlOptions, icarlDefaults } from './icarl/create-icarl.js';
export { herd } from './icarl/herd.js';
export type { IcarlState } from './icarl/icarl-agent.js';
export { type LifelongOptions, lifelongDefaults } from './lifelong-options.js';
export { type Balance, drawItems } from './memory/draw-items.js';
export type { ItemBatch } from './memory/item-batch.js';
export {
  createMemory,
  emptyMemory,
  type Memory,
  type MemoryKind,
  type MemoryState,
  type StoredItem,
} from './memory/memory.js';
export {
  createAnml,
  createOml,
  type OnlineAwareOptions,
  omlDefaults,
} from './meta/create-online-aware.js';
export {
  createPretrainAndTransfer,
  type PretrainedOptions,
  pretrainedDefaults,
} from './meta/create-pretrained.js';
export {
  createFollowTheMetaLeader,
  type FollowTheMetaLeaderOptions,
  followTheMetaLeaderDefaults,
} from './meta/follow-the-meta-leader.js';
export type { MetaLeaderState } from './meta/follow-the-meta-leader-agent.js';
export {
  adaptedParameters,
  type InnerSettings,
  type MetaBatch,
  metaLeaderLoss,
} from './meta/follow-the-meta-leader-step.js';
export {
  lifetimeLoss,
  type OnlineAwareParts,
  onlineAwareLearner,
} from './meta/online-aware-learner.js';
export type { PlasticState } from './meta/plastic-agent.js';
export {
  type Plastic,
  type PlasticNetwork,
  type PlasticSettings,
  type PlasticTheta,
  plasticNetwork,
} from './meta/plastic-network.js';
export {
  type PretrainedParts,
  type PretrainTheta,
  pretrainedLearner,
  pretrainingLoss,
} from './meta/pretrained-learner.js';
export { type SequenceSettings, type Sequences, sampleSequences } from './meta/sample-sequences.js';
export { activityOf, type RepresentationActivity, sparsityPenalty } from './meta/sparse-activity.js';
export {
  type ChineseRestaurant,
  chineseRestaurant,
  type RestaurantOptions,
  type RestaurantState,
  type Seating,
  type Table,
} from './mixture/chinese-restaurant.js';
export { createMole, type MoleOptions, moleDefaults } from './mixture/create-mole.js';
export type { MixtureState } from './mixture/mixture-agent.js';
export { lifelongPlugin } from './plugin.js';
export { type DistillationOptions, distillation } from './protection/distillation.js';
export { projectGradient } from './protection/project-gradient.js';
export type { Protection, Slots, StepContext, TaskEnd } from './protection/protection.js';
export { unprotected } from './protection/protection.js';
export {
  type ElasticOptions,
  elasticWeights,
  type SynapticOptions,
  synapticIntelligence,
} from './protection/quadratic.js';
export { distancesToMean, regretOf } from './regret.js';
export { VERSION } from './version.js';
