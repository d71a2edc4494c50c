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
export { discountedReturns, type RewardSequence } from './returns/discounted-returns.js';
export {
  type Advantages,
  type GeneralizedAdvantageOptions,
  generalizedAdvantages,
} from './returns/generalized-advantages.js';
export type { Acted, Actor } from './roll-outs/actor.js';
export { collectEpisodes } from './roll-outs/collect-episodes.js';
export { collectRollout, type RolloutCollector, rolloutCollector } from './roll-outs/collect-rollout.js';
export { type CompiledActor, type CompiledActorOptions, compiledActor } from './roll-outs/compiled-actor.js';
export type { EpisodeBatch, Rollout } from './roll-outs/rollout.js';
export { unpackParameters } from './roll-outs/unpack-parameters.js';
export { VERSION } from './version.js';
