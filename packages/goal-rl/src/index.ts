export {
  type BaseOptions,
  type CreateBase,
  deterministicBase,
  dqnBase,
  type SacBaseOptions,
  sacBase,
} from './bases/base.js';
export { imitationBase } from './bases/imitation-base.js';
export type { Density } from './densities/density.js';
export {
  type GaussianMixtureDensityOptions,
  gaussianMixtureDensity,
} from './densities/gaussian-mixture-density.js';
export { type HistogramDensityOptions, histogramDensity } from './densities/histogram-density.js';
export {
  type NearestNeighbourDensityOptions,
  nearestNeighbourDensity,
} from './densities/nearest-neighbour-density.js';
export type { Discriminator, DiscriminatorStep } from './discriminators/discriminator.js';
export { type SkillDiscriminatorOptions, skillDiscriminator } from './discriminators/skill-discriminator.js';
export {
  type ChannelCapacity,
  type ChannelCapacityOptions,
  channelCapacity,
} from './information/channel-capacity.js';
export { entropy } from './information/entropy.js';
export { klDivergence } from './information/kl-divergence.js';
export { mutualInformation, variationalInformation } from './information/mutual-information.js';
export { type DensityOptions, densityDefaults, densityFor } from './learners/density-options.js';
export type { GoalTaskState } from './learners/goal-agent.js';
export { goalLearner } from './learners/goal-learner.js';
export type { GoalSlots, Relabelling, RewardModel, SlotContext } from './learners/goal-slots.js';
export { type GoalTrainingOptions, goalTrainingDefaults } from './learners/goal-training-options.js';
export {
  createGcbc,
  createGcsl,
  createHerDdpg,
  createHerDqn,
  createHerSac,
  createHerTd3,
  type GcbcOptions,
  type GcslOptions,
  gcbcDefaults,
  gcslDefaults,
  type HerDeterministicOptions,
  type HerDqnOptions,
  type HerSacOptions,
  type HindsightOptions,
  herDeterministicDefaults,
  herDqnDefaults,
  herSacDefaults,
} from './learners/hindsight-presets.js';
export {
  createMultiTaskDqn,
  createMultiTaskSac,
  type MultiTaskDqnOptions,
  type MultiTaskOptions,
  type MultiTaskSacOptions,
  multiTaskDqnDefaults,
  multiTaskSacDefaults,
} from './learners/multi-task-presets.js';
export {
  createDiayn,
  createStateMarginalMatching,
  type DiaynOptions,
  diaynDefaults,
  type StateMarginalMatchingOptions,
  stateMarginalMatchingDefaults,
  type UnsupervisedOptions,
} from './learners/unsupervised-presets.js';
export { equalityMetric, euclideanMetric, type Metric } from './metrics/metric.js';
export { projectConflicting } from './multi-task/project-conflicting.js';
export {
  type LatentPlanLoss,
  type LatentPlanModel,
  type LatentPlanOptions,
  type LatentPlanParameters,
  latentPlanModel,
  type PlayWindows,
} from './play/latent-plan-model.js';
export { createPlayLmp } from './play/play-lmp.js';
export type { PlayLmpTaskState } from './play/play-lmp-agent.js';
export { type PlayLmpOptions, playLmpDefaults } from './play/play-lmp-options.js';
export { type PlayOptions, playDefaults } from './play/play-options.js';
export { goalRlPlugin } from './plugin.js';
export type { Proposer } from './proposers/proposer.js';
export { bitsProposer, categoricalProposer, noProposer } from './proposers/proposers.js';
export {
  type GoalRelabellingOptions,
  goalRelabelling,
  type WindowOptions,
  windowRelabelling,
} from './relabelling/relabel-goal-slot.js';
export { type TaskRelabellingOptions, taskRelabelling } from './relabelling/relabel-task-slot.js';
export { type DensityRewardOptions, densityReward } from './rewards/density-reward.js';
export { goalDistanceReward } from './rewards/goal-distance-reward.js';
export { type SkillRewardOptions, skillReward } from './rewards/skill-reward.js';
export { type BestResponse, type BestResponseOptions, bestResponse } from './tabular/best-response.js';
export {
  type DiscoveredSkills,
  type DiscoverSkillsOptions,
  discoverSkills,
  type SkillDiscovery,
  type SkillRound,
  skillDiscovery,
} from './tabular/discover-skills.js';
export { empowerment } from './tabular/empowerment.js';
export {
  type MatchingIteration,
  type MatchStateMarginalOptions,
  matchStateMarginal,
  type StateMarginalMatch,
  type StateMarginalMatcher,
  stateMarginalMatcher,
} from './tabular/match-state-marginal.js';
export { stateMarginal, uniformPolicy } from './tabular/state-marginal.js';
export { type Successors, successorsOf } from './tabular/successors.js';
export type { TabularTaskState } from './tabular/tabular-agent.js';
export {
  type ExactDiaynOptions,
  type ExactStateMarginalMatchingOptions,
  exactDiayn,
  exactDiaynDefaults,
  exactStateMarginalMatching,
  exactStateMarginalMatchingDefaults,
} from './tabular/tabular-learner.js';
export { VERSION } from './version.js';
