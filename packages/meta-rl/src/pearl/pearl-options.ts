import {
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';

/** Options of `pearl` and `posterior-sampling`. */
export type PearlOptions = {
  /** Numbers in z. */
  readonly latentSize: number;
  /** β >= 0, weight of KL(q(z | c) ‖ N(0, I)); without it the posterior narrows until sampling it explores nothing. */
  readonly divergenceWeight: number;
  /** Updates over which β rises from a tenth to all of it (that of `unfeltDivergenceWeight` as well), so that z comes to mean something first; 0 begins with all. */
  readonly divergenceUpdates: number;
  /** Hidden layers of policy and values, rectified. */
  readonly hidden: readonly number[];
  /** Hidden layers of the encoder of one transition. */
  readonly encoderHidden: readonly number[];
  /** Whether the encoder sees the next observation as well; needed where dynamics or observations differ between tasks. */
  readonly contextNext: boolean;
  /**
   * Rewards below this are shown to the encoder as 0, others as what they exceed it by: contexts as sparse as those met in
   * earnest while values learn from the dense reward. Null shows rewards as they are.
   */
  readonly contextThreshold: number | null;
  /** >= 0, added to the rewards shown that reach the threshold: a goal just felt must not look like none. */
  readonly contextBonus: number;
  /**
   * Share of the contexts of gradient steps, in [0, 1], that show rewards as they are in spite of the threshold: they give z
   * its meaning before anything sparse has been found. Never at test.
   */
  readonly denseContextShare: number;
  /** Updates over which that share falls to `denseContextFloor`; 0 keeps it. Episodes with z from the posterior are made alike. */
  readonly denseContextUpdates: number;
  /** Share of dense contexts in the end, in [0, 1]: tasks whose goal is never hit are not forgotten. */
  readonly denseContextFloor: number;
  /**
   * Share of the other contexts, in [0, 1], that are made to hold transitions whose reward reached the threshold, of tasks
   * where there have been any. With few of them z is mostly unrelated to the task, and the policy learns the middle of tasks.
   */
  readonly feltContextShare: number;
  /**
   * Whether contexts in which no reward reached the threshold teach nothing but the divergence, so that q(z | c) stays near the
   * prior until something has been felt. Otherwise the values gain by one z for "unknown", and sampling it explores nothing.
   */
  readonly feltOnly: boolean;
  /** β of those contexts, >= 0: nothing else holds their posterior. */
  readonly unfeltDivergenceWeight: number;
  /** Whether N(0, I) is a factor of the product of Gaussians; the paper has none. */
  readonly priorFactor: boolean;
  /** Episodes of a trial at test with z from the prior before any from the posterior, at least 1. */
  readonly testPriorEpisodes: number;
  /** γ in [0, 1]. */
  readonly discount: number;
  /** Factor of rewards in the values, > 0. */
  readonly rewardScale: number;
  /** α >= 0, weight of the policy's entropy; continuous actions. */
  readonly entropyWeight: number;
  /** ε in [0, 1] of exploring in training; discrete actions. */
  readonly epsilon: number;
  /** Updates over which ε falls from 1. */
  readonly epsilonUpdates: number;
  /** Share of random actions that repeat the last one, in [0, 1]; discrete actions. */
  readonly persistence: number;
  /** Tasks that collect in an update. */
  readonly collectTasks: number;
  /** Episodes with z from the prior, for contexts and values; at least 1. */
  readonly priorEpisodes: number;
  /** Episodes after them with z from the posterior, for values only. */
  readonly posteriorEpisodes: number;
  /** Gradient steps per update. */
  readonly gradientSteps: number;
  /** Tasks per gradient step. */
  readonly batchTasks: number;
  /** Transitions per task and gradient step. */
  readonly batchSize: number;
  /** Transitions of context per task and gradient step; each step uses between 1 and this many. */
  readonly contextSize: number;
  /** Transitions kept per task. */
  readonly capacity: number;
  /** Training tasks where the distribution is endless. */
  readonly trainingTasks: number;
  /** Share of the way that target parameters move per gradient step, in (0, 1]. */
  readonly targetRate: number;
  /** Adam's rate, > 0. */
  readonly learningRate: number;
  /** Updates over which the rate falls to zero along half a cosine, to stay there; 0 keeps it. */
  readonly learningRateDecayUpdates: number;
};

/** Small networks; rates and weights of the released code. */
export const pearlDefaults: PearlOptions = {
  latentSize: 5,
  divergenceWeight: 0.1,
  divergenceUpdates: 0,
  hidden: [64, 64],
  encoderHidden: [64, 64],
  contextNext: false,
  contextThreshold: null,
  contextBonus: 0,
  denseContextShare: 0,
  denseContextUpdates: 0,
  denseContextFloor: 0,
  feltContextShare: 0,
  feltOnly: false,
  unfeltDivergenceWeight: 1,
  priorFactor: false,
  testPriorEpisodes: 1,
  discount: 0.99,
  rewardScale: 5,
  entropyWeight: 1,
  epsilon: 0.1,
  epsilonUpdates: 200,
  persistence: 0.5,
  collectTasks: 5,
  priorEpisodes: 2,
  posteriorEpisodes: 2,
  gradientSteps: 50,
  batchTasks: 8,
  batchSize: 64,
  contextSize: 64,
  capacity: 10000,
  trainingTasks: 100,
  targetRate: 0.005,
  learningRate: 3e-4,
  learningRateDecayUpdates: 0,
};

/** For discrete actions: rewards as they are, faster learning. */
export const posteriorSamplingDefaults: PearlOptions = {
  ...pearlDefaults,
  contextNext: true,
  discount: 0.95,
  rewardScale: 1,
  entropyWeight: 0,
  divergenceWeight: 0.01,
  collectTasks: 16,
  gradientSteps: 10,
  batchTasks: 16,
  batchSize: 32,
  contextSize: 32,
  capacity: 500,
  targetRate: 0.01,
  learningRate: 1e-3,
};

/** Options with the defaults given. @throws `INVALID_OPTION`. */
export function resolvePearlOptions(
  owner: string,
  defaults: PearlOptions,
  given: PartialOptions<PearlOptions>,
): PearlOptions {
  const options = resolveOptions(owner, defaults, given);
  const counts = ['latentSize', 'collectTasks', 'priorEpisodes', 'gradientSteps', 'batchTasks'] as const;
  const sizes = ['batchSize', 'contextSize', 'capacity', 'trainingTasks', 'epsilonUpdates'] as const;
  for (const key of [...counts, ...sizes] as const) requireInteger(owner, options, key);
  const updates = ['denseContextUpdates', 'learningRateDecayUpdates', 'divergenceUpdates'] as const;
  for (const key of ['posteriorEpisodes', ...updates] as const) requireInteger(owner, options, key, 0);
  requireInteger(owner, options, 'testPriorEpisodes');
  for (const key of ['hidden', 'encoderHidden'] as const) requireIntegers(owner, options, key);
  for (const key of ['rewardScale', 'targetRate', 'learningRate'] as const)
    requirePositive(owner, options, key);
  const weights = ['divergenceWeight', 'unfeltDivergenceWeight', 'entropyWeight', 'contextBonus'] as const;
  for (const key of weights) requireNonNegative(owner, options, key);
  for (const key of ['discount', 'epsilon', 'persistence', 'targetRate'] as const)
    requireInRange(owner, options, key, 0, 1);
  for (const key of ['denseContextShare', 'denseContextFloor', 'feltContextShare'] as const)
    requireInRange(owner, options, key, 0, 1);
  return options;
}
