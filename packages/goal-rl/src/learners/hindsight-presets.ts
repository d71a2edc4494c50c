import type { ControlLearner } from '@tasklearn/core';
import { type CreateBase, deterministicBase, dqnBase, type SacBaseOptions, sacBase } from '../bases/base.js';
import { imitationBase } from '../bases/imitation-base.js';
import { type PlayOptions, playDefaults, validatePlay } from '../play/play-options.js';
import {
  type GoalRelabellingOptions,
  goalRelabelling,
  windowRelabelling,
} from '../relabelling/relabel-goal-slot.js';
import type { GoalLearnerName } from './capabilities.js';
import type { GoalTaskState } from './goal-agent.js';
import { type GoalTrainingOptions, goalTrainingDefaults } from './goal-training-options.js';
import { preset } from './preset.js';

/** Options of all learners that relabel goals in hindsight; JSON. */
export type HindsightOptions = GoalTrainingOptions & GoalRelabellingOptions;

const hindsightDefaults: HindsightOptions = {
  ...goalTrainingDefaults,
  clipTargets: true,
  strategy: 'future',
  relabelledPerOriginal: 4,
  endsAtGoal: false,
};

/** Options of `her-dqn`; JSON. */
export type HerDqnOptions = HindsightOptions & {
  /** Whether the online network chooses the action that the slow copy values. */
  readonly double: boolean;
};

/** Four relabelled rows per original one, goals from later in the episode. */
export const herDqnDefaults: HerDqnOptions = { ...hindsightDefaults, double: false };

/** Hindsight experience replay on deep Q-learning. @throws `INVALID_OPTION`. */
export function createHerDqn(options: Partial<HerDqnOptions> = {}): ControlLearner<GoalTaskState> {
  const complete = { ...herDqnDefaults, ...options };
  return hindsight('her-dqn', dqnBase(complete.double), complete);
}

function hindsight(name: GoalLearnerName, base: CreateBase, options: HindsightOptions) {
  return preset(name, { base, relabel: goalRelabelling(name, options) }, options);
}

/** Options of `her-td3` and `her-ddpg`; JSON. */
export type HerDeterministicOptions = HindsightOptions & {
  /** Weight of the mean squared action in the actor's loss. */
  readonly actionPenalty: number;
};

/** Exploration as in the paper: noise 0.2, and 0.3 of the actions random. */
export const herDeterministicDefaults: HerDeterministicOptions = {
  ...hindsightDefaults,
  explorationRate: 0.3,
  explorationNoise: 0.2,
  batchSize: 256,
  normalize: true,
  actionPenalty: 1,
};

/** Hindsight experience replay on twin delayed deterministic policy gradients. @throws `INVALID_OPTION`. */
export function createHerTd3(options: Partial<HerDeterministicOptions> = {}): ControlLearner<GoalTaskState> {
  const complete = { ...herDeterministicDefaults, ...options };
  return hindsight('her-td3', deterministicBase('td3', complete.actionPenalty), complete);
}

/** Hindsight experience replay on deep deterministic policy gradients, as in the paper. @throws `INVALID_OPTION`. */
export function createHerDdpg(options: Partial<HerDeterministicOptions> = {}): ControlLearner<GoalTaskState> {
  const complete = { ...herDeterministicDefaults, ...options };
  return hindsight('her-ddpg', deterministicBase('ddpg', complete.actionPenalty), complete);
}

/** Options of `her-sac`; JSON. */
export type HerSacOptions = HindsightOptions & SacBaseOptions;

/** α tuned from 0.1; targets hold entropies, so that they are not clipped. */
export const herSacDefaults: HerSacOptions = {
  ...hindsightDefaults,
  clipTargets: false,
  normalize: true,
  explorationRate: 0,
  batchSize: 256,
  temperature: 0.1,
  automaticTemperature: true,
};

/** Hindsight experience replay on soft actor-critic. @throws `INVALID_OPTION`. */
export function createHerSac(options: Partial<HerSacOptions> = {}): ControlLearner<GoalTaskState> {
  const complete = { ...herSacDefaults, ...options };
  return hindsight('her-sac', sacBase(complete), complete);
}

/** Options of `gcsl`; JSON. */
export type GcslOptions = GoalTrainingOptions & {
  /** Least steps ahead that a goal is taken from. */
  readonly windowMinimum: number;
  /** Most steps ahead; 0 for the rest of the episode. */
  readonly windowMaximum: number;
};

/** Goals from anywhere later in the episode. */
export const gcslDefaults: GcslOptions = {
  ...goalTrainingDefaults,
  explorationRate: 0.1,
  windowMinimum: 1,
  windowMaximum: 0,
};

/** Goal-conditioned supervised learning on one's own trajectories. @throws `INVALID_OPTION`. */
export function createGcsl(options: Partial<GcslOptions> = {}): ControlLearner<GoalTaskState> {
  const complete = { ...gcslDefaults, ...options };
  const window = { minimum: complete.windowMinimum, maximum: complete.windowMaximum };
  return preset('gcsl', { base: imitationBase, relabel: windowRelabelling('gcsl', window) }, complete);
}

/** Options of `gcbc`; JSON. */
export type GcbcOptions = PlayOptions &
  Pick<
    GoalTrainingOptions,
    'hidden' | 'learningRate' | 'gradientSteps' | 'stepsPerCall' | 'batchSize' | 'normalize'
  >;

/** Normalised observations, 200 gradient steps of 256 rows per update. */
export const gcbcDefaults: GcbcOptions = {
  ...playDefaults,
  hidden: [128, 128],
  learningRate: 1e-3,
  gradientSteps: 200,
  stepsPerCall: 8,
  batchSize: 256,
  normalize: true,
};

/**
 * Goal-conditioned behaviour cloning of play: what a reference policy did on the way to where it was w steps later.
 *
 * @throws `INVALID_OPTION`; on opening `UNSUPPORTED_TASK` where the distribution has no such reference policy.
 *
 * @see Lynch et al. Learning Latent Plans from Play. CoRL 2019. arXiv:1903.01973.
 */
export function createGcbc(options: Partial<GcbcOptions> = {}): ControlLearner<GoalTaskState> {
  const complete = { ...gcbcDefaults, ...options };
  const window = validatePlay('gcbc', complete);
  return preset(
    'gcbc',
    {
      base: imitationBase,
      reference: complete.reference,
      relabel: windowRelabelling('gcbc', window),
    },
    {
      ...goalTrainingDefaults,
      ...complete,
      episodesPerUpdate: complete.playEpisodes,
      capacity: complete.playEpisodes,
      warmUpEpisodes: 0,
      explorationRate: 0,
    },
  );
}
