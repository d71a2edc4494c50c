export {
  type BeliefTaskState,
  bayesFilterDefaults,
  createBayesFilter,
  createExactPosteriorSampling,
  type ExactBeliefOptions,
  exactPosteriorSamplingDefaults,
} from './belief/exact-belief.js';
export {
  beginBelief,
  type Likelihood,
  type TaskSet,
  taskMarginal,
  updateTaskBelief,
} from './belief/task-belief.js';
export { createDream } from './dream/dream.js';
export type { DreamTaskState } from './dream/dream-agent.js';
export {
  bottleneckDivergence,
  decodingError,
  doubleQLoss,
  explorationRewards,
} from './dream/dream-objectives.js';
export { type DreamOptions, dreamDefaults } from './dream/dream-options.js';
export { forEachTask, type InnerLoop, innerGain, innerStep } from './maml/inner-step.js';
export { createMamlRl, createMamlTrpo, createPromp } from './maml/maml.js';
export type { MamlTaskState } from './maml/maml-agent.js';
export {
  type MamlRlOptions,
  mamlRlDefaults,
  mamlTrpoDefaults,
  prompDefaults,
} from './maml/maml-options.js';
export {
  adaptedDivergence,
  adaptedNumbers,
  creditGain,
  type MamlBatch,
  type OuterLoop,
  outerGain,
  startDivergence,
} from './maml/outer-objective.js';
export { type Decisions, decisionsOf, type PolicyRowLayout, policyRowLayout } from './maml/policy-rows.js';
export {
  type TrustRegionProblem,
  type TrustRegionResult,
  trustRegionStep,
} from './maml/trust-region-step.js';
export {
  type CellName,
  type CellParameters,
  type RecurrentCell,
  recurrentCell,
} from './networks/recurrent-cell.js';
export { createPearl, createPosteriorSampling } from './pearl/pearl.js';
export type { PearlTaskState } from './pearl/pearl-agent.js';
export { type PearlOptions, pearlDefaults, posteriorSamplingDefaults } from './pearl/pearl-options.js';
export {
  type ContextEncoder,
  divergenceFromPrior,
  type Posterior,
  productEncoder,
  productOfGaussians,
  samplePosterior,
} from './pearl/product-encoder.js';
export { metaRlPlugin } from './plugin.js';
export {
  type RecurrentActorCritic,
  type RecurrentActorCriticOptions,
  recurrentActorCritic,
} from './rl2/recurrent-actor-critic.js';
export { createRl2 } from './rl2/rl2.js';
export type { Rl2TaskState } from './rl2/rl2-agent.js';
export { type Rl2Options, rl2Defaults } from './rl2/rl2-options.js';
export { type CouplingMethod, trialsUntilOptimal } from './tabular/reveal-bandit.js';
export { type CollectTrialsOptions, collectTrials, type TrialActor } from './trials/collect-trials.js';
export { type PersistentGreedyOptions, persistentGreedy } from './trials/persistent-greedy.js';
export { sampleTasks, trainingSet } from './trials/sample-tasks.js';
export { standardize, type TrialAdvantages, trialAdvantages } from './trials/trial-advantages.js';
export {
  addToTrialBatch,
  clearTrialBatch,
  copyTrialBatch,
  createTrialBatch,
  summarizeTrials,
  type TrialBatch,
  type TrialSummary,
} from './trials/trial-batch.js';
export type { LastStep } from './trials/trial-inputs.js';
export { VERSION } from './version.js';
