export type { Checkpoint, CheckpointStore } from './checkpoint/checkpoint.js';
export { decodeCheckpoint } from './checkpoint/decode-checkpoint.js';
export { encodeCheckpoint } from './checkpoint/encode-checkpoint.js';
export { memoryCheckpointStore } from './checkpoint/memory-checkpoint-store.js';
export { agentContext } from './control/agent-context.js';
export type * from './control/control-distribution.js';
export type * from './control/control-learner.js';
export { type CountedDistribution, countSteps } from './control/count-steps.js';
export type * from './control/environment.js';
export {
  type EvaluateTrialsOptions,
  evaluateTrials,
  summariseTrials,
  type TrialSummary,
} from './control/evaluate-trials.js';
export { randomAgent } from './control/random-agent.js';
export { referenceAgent } from './control/reference-agent.js';
export { replaceMembers } from './control/replace-members.js';
export { requireControlTask } from './control/require-control-task.js';
export {
  type RunTrialsOptions,
  runTrials,
  type TrialEpisode,
  type TrialResult,
} from './control/run-trials.js';
export { type RecordableReward, sharedReward } from './control/shared-reward.js';
export type * from './control/tabular-model.js';
export { trainControl } from './control/train-control.js';
export type {
  ControlBudget,
  ControlValidationOptions,
  TrainControlOptions,
} from './control/train-control-options.js';
export { eagerExecutor } from './eager-executor.js';
export type * from './episode.js';
export * from './errors.js';
export type * from './executor.js';
export type * from './gradient-transformation.js';
export {
  createJointEvaluator,
  type JointEvaluator,
  type JointEvaluatorOptions,
  type JointTaskResult,
} from './joint/evaluate-joint.js';
export type * from './joint/joint-learner.js';
export {
  type JointSampler,
  type JointSamplerOptions,
  jointSampler,
  type TaskSampling,
} from './joint/joint-sampler.js';
export {
  type JointStepInput,
  type JointStepOutput,
  jointReportNames,
  jointStep,
} from './joint/joint-step.js';
export { type TaskGradients, taskGradients } from './joint/task-gradients.js';
export { trainJoint } from './joint/train-joint.js';
export type { TrainJointOptions } from './joint/train-joint-options.js';
export type * from './learner.js';
export type { EpisodeResult } from './meta-training/episode-result.js';
export {
  createEpisodeEvaluator,
  type EpisodeEvaluator,
  type EpisodeRange,
  type EvaluationOptions,
  type EvaluatorOptions,
  evaluateEpisodes,
  meanOfResults,
} from './meta-training/evaluate-episodes.js';
export {
  isMetaTrained,
  type MetaStep,
  type MetaStepInput,
  type MetaStepOutput,
  metaStep,
} from './meta-training/meta-step.js';
export { metaTrain } from './meta-training/meta-train.js';
export type { MetaTrainOptions, ValidationOptions } from './meta-training/meta-train-options.js';
export { didYouMean } from './options/did-you-mean.js';
export type { PartialOptions } from './options/partial-options.js';
export {
  type OptionKeysOf,
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
} from './options/require-option.js';
export { isJson, resolveOptions } from './options/resolve-options.js';
export type * from './predictive-distribution.js';
export { createRng } from './randomness/create-rng.js';
export { fillNormal } from './randomness/fill-normal.js';
export { fillUniform } from './randomness/fill-uniform.js';
export type * from './randomness/rng.js';
export { createRegistry, type Registry, type RegistryEntry } from './registry/create-registry.js';
export { defineDistribution, defineLearner, definePlugin } from './registry/define.js';
export type * from './registry/plugin.js';
export { validatePlugin } from './registry/validate-plugin.js';
export { packState, stateBytes, unpackState } from './stream/plain-state.js';
export { requireStream } from './stream/require-stream.js';
export { type RunStreamOptions, runStream, type StreamResult } from './stream/run-stream.js';
export { type LifetimeScore, scoreLifetime } from './stream/score-lifetime.js';
export { type StreamScore, scoreStream } from './stream/score-stream.js';
export type * from './stream/stream-learner.js';
export {
  packProgress,
  type StreamProgress,
  type StreamStep,
  unpackProgress,
} from './stream/stream-progress.js';
export { trainStream } from './stream/train-stream.js';
export type { StreamValidationOptions, TrainStreamOptions } from './stream/train-stream-options.js';
export { type Transfer, transferOf } from './stream/transfer.js';
export type * from './task-distribution.js';
export type * from './tensor-spec.js';
export type * from './training/training-event.js';
export { flattenTree, unflattenTree } from './tree/flatten-tree.js';
export { toDevice, toHost } from './tree/host-transfer.js';
export { hostedOnce } from './tree/hosted-once.js';
export { mapTree } from './tree/map-tree.js';
export { maskTree } from './tree/mask-tree.js';
export { packHostTree, unpackHostTree } from './tree/pack-host-tree.js';
export type * from './tree/tree.js';
export { leavesOf, pathsOf, treeFromLeaves } from './tree/tree-leaves.js';
export { cloneTree, disposeTree } from './tree/tree-lifetime.js';
export { type LeafSpec, sizeOf, type TreeSpec, treeSpec } from './tree/tree-spec.js';
export { isLeaf } from './tree/walk-tree.js';
export { zipTrees } from './tree/zip-trees.js';
export { VERSION } from './version.js';
