export { discreteSoftActorCritic, sac } from './actor-critic/discrete-sac.js';
export {
  continuousSoftActorCritic,
  type SacOptions,
  type SacState,
  type SoftActorCritic,
  type SoftBatch,
  type SoftValue,
  softActorCritic,
} from './actor-critic/sac.js';
export { ddpg, smoothedAction, type Td3Options, type Td3State, td3 } from './actor-critic/td3.js';
export {
  type Critics,
  criticsFor,
  type IndependentNetworks,
  independentCritics,
  leastOf,
} from './actor-critic/twin-critic.js';
export { type CloningOptions, type CloningState, cloning, cloningLoss } from './imitation/cloning.js';
export { type ExpertOptions, expertHooks } from './imitation/expert-hooks.js';
export { type A2cOptions, a2cDefaults, createA2c } from './learners/a2c.js';
export { createDqn, type DqnLearnerOptions, dqnDefaults } from './learners/dqn.js';
export {
  behaviourCloningDefaults,
  createBehaviourCloning,
  createDagger,
  daggerDefaults,
  type ImitationLearnerOptions,
} from './learners/imitation.js';
export type { OffPolicyNetworkOptions } from './learners/network-options.js';
export type { OnPolicyOptions } from './learners/on-policy-algorithm.js';
export type { OnPolicyTaskState } from './learners/on-policy-learner.js';
export { createPpo, type PpoOptions, ppoDefaults } from './learners/ppo.js';
export { createReinforce, type ReinforceOptions, reinforceDefaults } from './learners/reinforce.js';
export { type RunningMoments, runningMoments } from './learners/running-moments.js';
export { createSac, type SacLearnerOptions, sacDefaults } from './learners/sac.js';
export { createSoftQ, type SoftQLearnerOptions, softQDefaults } from './learners/soft-q.js';
export {
  createDdpg,
  createTd3,
  ddpgDefaults,
  type Td3LearnerOptions,
  td3Defaults,
} from './learners/td3.js';
export { createTrpo, type TrpoLearnerOptions, trpoDefaults } from './learners/trpo.js';
export {
  type ExplorationOptions,
  type Explore,
  explorationOf,
  randomActions,
  randomActionsAt,
} from './off-policy/exploration.js';
export { gradientOfTasks, type TaskGradient, type TaskLosses } from './off-policy/gradient-of-tasks.js';
export {
  type GradientStepper,
  type GradientStepperOptions,
  type GradientStepsInput,
  type GradientStepsOutput,
  gradientStepper,
  gradientSteps,
  transitionBatch,
} from './off-policy/gradient-stepper.js';
export type * from './off-policy/off-policy-algorithm.js';
export {
  type OffPolicyLearnerOptions,
  offPolicyLearner,
  policyAgent,
} from './off-policy/off-policy-learner.js';
export {
  type LoopCounts,
  type OffPolicyHooks,
  type OffPolicyLoop,
  offPolicyLoopDefaults,
  requireLoop,
} from './off-policy/off-policy-loop.js';
export { openOffPolicyTraining } from './off-policy/off-policy-training.js';
export { type OffPolicyTrainingOptions, trainingTasksOf } from './off-policy/off-policy-training-options.js';
export {
  initialNetwork,
  type OptimizerState,
  optimized,
  parameterSpec,
} from './off-policy/parameter-spec.js';
export { bellmanTarget, copyEvery, errorLoss, polyak } from './off-policy/target-network.js';
export {
  type CollectedStep,
  type TransitionCollector,
  type TransitionCollectorOptions,
  transitionCollector,
} from './off-policy/transition-collector.js';
export { rlPlugin } from './plugin.js';
export type { ActionDistribution, ActionHead } from './policies/action-distribution.js';
export {
  type ActionLimits,
  actionLimits,
  clipAction,
  fromAction,
  toAction,
} from './policies/action-limits.js';
export {
  boltzmannActions,
  categoricalActions,
  categoricalHead,
  epsilonGreedyActions,
} from './policies/categorical-actions.js';
export { deterministicActions, deterministicHead } from './policies/deterministic-actions.js';
export { gaussianActions, gaussianHead } from './policies/gaussian-actions.js';
export { mixtureActor } from './policies/mixture-actor.js';
export { orthogonal } from './policies/orthogonal.js';
export { perturbedParameters } from './policies/perturbed-parameters.js';
export type * from './policies/policy.js';
export {
  actionHeadFor,
  actionSizeOf,
  type ContinuousFamily,
  discreteActionsOf,
  observationSizeOf,
  type PolicyOptions,
  policyFor,
} from './policies/policy-for.js';
export {
  continuousQFunctionFor,
  discreteQFunctionFor,
  type QFunctionOptions,
} from './policies/q-function-for.js';
export {
  type RecurrentDecision,
  type RecurrentPolicy,
  type RecurrentPolicyOptions,
  recurrentPolicy,
} from './policies/recurrent-policy.js';
export { tanhGaussianActions, tanhGaussianHead } from './policies/tanh-gaussian-actions.js';
export { type ValueFunctionOptions, valueFunctionFor } from './policies/value-function-for.js';
export {
  type ActorCritic,
  type ActorCriticInput,
  type ActorCriticOptions,
  type ActorCriticOutput,
  type ActorCriticParameters,
  actorCriticDefaults,
  actorCriticFor,
  recurrentActorCritic,
  separateActorCritic,
} from './policy-gradients/actor-critic.js';
export {
  type ActorCriticBatch,
  type ActorCriticLossOptions,
  actorCriticLayout,
  actorCriticLoss,
} from './policy-gradients/actor-critic-loss.js';
export { type DiceBatch, diceLoss } from './policy-gradients/dice-loss.js';
export {
  type GradientSteps,
  type GradientStepsOptions,
  preparedGradientSteps,
} from './policy-gradients/gradient-steps.js';
export {
  type GradientUpdate,
  type GradientUpdateInput,
  type GradientUpdateOutput,
  gradientUpdate,
  type LossAndMetrics,
} from './policy-gradients/gradient-update.js';
export {
  importanceWeightedLoss,
  lvcLoss,
  meanEntropy,
  type PolicyGradientBatch,
  policyGradientLoss,
} from './policy-gradients/policy-gradient-loss.js';
export {
  type PpoBatch,
  type PpoLoss,
  ppoLoss,
  type ValueBatch,
  valueLoss,
} from './policy-gradients/ppo-loss.js';
export { type RowLayout, readColumn, rowLayout, writeColumn } from './policy-gradients/row-layout.js';
export {
  type TrpoOptions,
  type TrpoResult,
  type TrustRegion,
  trpoStep,
} from './policy-gradients/trpo-step.js';
export { weightedMean } from './policy-gradients/weighted-mean.js';
export {
  type BoltzmannDensityOptions,
  boltzmannDensity,
  boltzmannGrid,
  boltzmannHead,
  type CandidateValues,
  logMeanExpValue,
} from './q-learning/boltzmann-density.js';
export {
  type Backup,
  chosenValue,
  type DqnOptions,
  type DqnState,
  dqn,
  nextValue,
  qPolicy,
  stateValue,
} from './q-learning/dqn.js';
export { evenPoints } from './q-learning/even-points.js';
export {
  type RecurrentDqnOptions,
  type RecurrentQFunction,
  type RecurrentQOptions,
  recurrentDqnLoss,
  recurrentQFunction,
  type SequenceBatch,
} from './q-learning/recurrent-q.js';
export { type SoftQOptions, softQ } from './q-learning/soft-q.js';
export {
  type TabularQ,
  type TabularQOptions,
  type TabularTransitions,
  tabularFittedQ,
  tabularQLearning,
} from './q-learning/tabular-q-learning.js';
export { createReplay } from './replay/create-replay.js';
export { createTrajectoryReplay } from './replay/create-trajectory-replay.js';
export {
  type FieldLayout,
  type FieldPlace,
  fieldLayout,
  placeOf,
  readField,
  unpackFields,
  writeField,
} from './replay/field-layout.js';
export { createNStepAccumulator, type NStepAccumulator } from './replay/n-step.js';
export type * from './replay/relabel/relabel.js';
export { type GoalStrategy, type RelabelGoalsOptions, relabelGoals } from './replay/relabel/relabel-goals.js';
export { relabelStored } from './replay/relabel/relabel-stored.js';
export {
  chooseTask,
  type RelabelledTrajectory,
  type RelabelTasksOptions,
  type RelabelTrajectoryOptions,
  relabelTasks,
  relabelTrajectory,
  returnsOfTasks,
} from './replay/relabel/relabel-tasks.js';
export {
  type RelabellingDemands,
  requireRelabelling,
  rewardOfTasks,
} from './replay/relabel/require-relabelling.js';
export type * from './replay/replay.js';
export { createSumTree, type SumTree } from './replay/sum-tree.js';
export type * from './replay/trajectory-replay.js';
export { discountedReturns, type RewardSequence } from './returns/discounted-returns.js';
export {
  type Advantages,
  type GeneralizedAdvantageOptions,
  generalizedAdvantages,
} from './returns/generalized-advantages.js';
export {
  type LinearBaselineBatch,
  linearFeatureBaseline,
  timesInEpisode,
} from './returns/linear-feature-baseline.js';
export {
  type ValueBaselineBatch,
  type ValueNetworkBaseline,
  type ValueNetworkBaselineOptions,
  valueNetworkBaseline,
} from './returns/value-network-baseline.js';
export type { Acted, Actor } from './roll-outs/actor.js';
export { collectEpisodes } from './roll-outs/collect-episodes.js';
export { collectRollout, type RolloutCollector, rolloutCollector } from './roll-outs/collect-rollout.js';
export { type CompiledActor, type CompiledActorOptions, compiledActor } from './roll-outs/compiled-actor.js';
export type { EpisodeBatch, Rollout } from './roll-outs/rollout.js';
export { unpackParameters } from './roll-outs/unpack-parameters.js';
export {
  actionValues,
  policyOfActionValues,
  valuesOfActions,
} from './tabular/action-values.js';
export {
  type BackwardInductionOptions,
  backwardInduction,
  type FiniteHorizonSolution,
} from './tabular/backward-induction.js';
export { type BackwardMessages, backwardMessages } from './tabular/backward-messages.js';
export {
  type BayesAdaptiveProblem,
  type BayesAdaptiveSolution,
  bayesAdaptive,
} from './tabular/bayes-adaptive.js';
export {
  bernoulliRewards,
  exactRewards,
  likelihoodOf,
  type ObservedTransition,
  type RewardLaw,
  thompsonSample,
  updateBelief,
} from './tabular/bayes-filter.js';
export {
  type ExactPolicyGradient,
  exactPolicyGradient,
  softmaxPolicy,
} from './tabular/exact-policy-gradient.js';
export {
  entropyObjective,
  frankWolfe,
  type MarginalObjective,
  type MarginalSolution,
  matchingObjective,
} from './tabular/frank-wolfe.js';
export { policyIteration, policyValues } from './tabular/policy-iteration.js';
export {
  averageStateMarginal,
  discountedStateMarginal,
  stateMarginals,
} from './tabular/state-marginals.js';
export {
  type TabularSolution,
  type ValueIterationOptions,
  valueIteration,
} from './tabular/value-iteration.js';
export { VERSION } from './version.js';
