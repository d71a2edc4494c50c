export { attentionNetwork } from './architectures/attention.js';
export { crossStitch, stitchMatrix } from './architectures/cross-stitch.js';
export { type Conditioning, type DenseNetworkOptions, denseNetwork } from './architectures/dense-network.js';
export { type GroupedNetworkOptions, groupedNetwork, groupOfTasks } from './architectures/grouped-network.js';
export {
  dropExperts,
  type GatedFeatures,
  type MixtureArchitecture,
  type MixtureOfExpertsOptions,
  mixtureOfExperts,
} from './architectures/mixture-of-experts.js';
export { type CagradOptions, cagrad, conflictAverseWeights } from './combinations/cagrad.js';
export {
  type CombinationOptions,
  combinationDefaults,
  createCombination,
} from './combinations/create-combination.js';
export {
  type DynamicWeightAverageOptions,
  dynamicWeightAverage,
} from './combinations/dynamic-weight-average.js';
export { type GradNormOptions, gradNorm } from './combinations/grad-norm.js';
export { gramMatrix } from './combinations/gram.js';
export { type MgdaOptions, mgda, minimumNormWeights } from './combinations/mgda.js';
export { pcgrad, projectionCoefficients, type SurgeryPart } from './combinations/pcgrad.js';
export { sum } from './combinations/sum.js';
export { uncertaintyWeighting } from './combinations/uncertainty-weighting.js';
export { createGrouped, type GroupedOptions, groupedDefaults } from './create-grouped.js';
export {
  type ConditionedOptions,
  type CrossStitchOptions,
  conditionedDefaults,
  createAttention,
  createConditioned,
  createCrossStitch,
  createIndependent,
  createMixtureOfExperts,
  createPooled,
  createSharedBottom,
  createSoftSharing,
  crossStitchDefaults,
  type ExpertsOptions,
  expertsDefaults,
  type SharedBottomOptions,
  type SoftSharingOptions,
  sharedBottomDefaults,
  softSharingDefaults,
} from './create-learners.js';
export { type GateUtilisation, gateUtilisation } from './diagnostics/gate-utilisation.js';
export { type GradientConflict, gradientConflict } from './diagnostics/gradient-conflict.js';
export { type ParameterCounts, parameterCounts } from './diagnostics/parameter-counts.js';
export { curvatureAlong, type StepDamage, stepDamage } from './diagnostics/step-damage.js';
export type { MeanWithInterval } from './diagnostics/student-interval.js';
export { gradientAffinity, rankCorrelation, type TaskAffinity } from './diagnostics/task-affinity.js';
export {
  type TransferEvidence,
  type TransferRemedy,
  transferRemedies,
} from './diagnostics/transfer-remedies.js';
export {
  type ArmScores,
  type TaskTransfer,
  type TransferReport,
  transferReport,
} from './diagnostics/transfer-report.js';
export type * from './engine/architecture.js';
export { type MultiTaskParts, multiTaskLearner } from './engine/multi-task-learner.js';
export { type MultiTaskOptions, multiTaskDefaults } from './multi-task-options.js';
export { multitaskPlugin } from './plugin.js';
export {
  affinityPenalty,
  type SharingPenalty,
  type SharingPenaltyOptions,
  sharingPenalty,
} from './sharing-penalty.js';
export { VERSION } from './version.js';
