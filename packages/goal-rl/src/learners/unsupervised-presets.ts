import { type ControlLearner, requireOneOf, requirePositive } from '@tasklearn/core';
import { type SacBaseOptions, sacBase } from '../bases/base.js';
import { bitsProposer, categoricalProposer } from '../proposers/proposers.js';
import { densityReward } from '../rewards/density-reward.js';
import { skillReward } from '../rewards/skill-reward.js';
import { type DensityOptions, densityDefaults, densityFor } from './density-options.js';
import type { GoalTaskState } from './goal-agent.js';
import { type GoalTrainingOptions, goalTrainingDefaults } from './goal-training-options.js';
import { preset } from './preset.js';

/** Options that reward-free learners share; JSON. */
export type UnsupervisedOptions = GoalTrainingOptions &
  SacBaseOptions & {
    /** Which numbers of an observation are the state; null for what environments call achieved, or else all. */
    readonly features: readonly number[] | null;
    /** Factor of the intrinsic reward. */
    readonly rewardScale: number;
    /** Factor of the environment's own reward beside it. */
    readonly environmentReward: number;
  };

const unsupervisedDefaults: UnsupervisedOptions = {
  ...goalTrainingDefaults,
  discount: 0.95,
  batchSize: 128,
  explorationRate: 0,
  temperature: 0.1,
  automaticTemperature: false,
  features: null,
  rewardScale: 1,
  environmentReward: 0,
};

/** Options of `state-marginal-matching`; JSON. */
export type StateMarginalMatchingOptions = UnsupervisedOptions &
  DensityOptions & {
    /** What the density is fitted to: `all` states so far, or those of the `current` update. */
    readonly history: 'all' | 'current';
    /** What acts in the end: the `mixture` of policies along the way, or the `last`. */
    readonly output: 'mixture' | 'last';
    /** States kept for the fit. */
    readonly statesKept: number;
  };

/** A Gaussian mixture over all states so far; the mixture of policies acts. */
export const stateMarginalMatchingDefaults: StateMarginalMatchingOptions = {
  ...unsupervisedDefaults,
  ...densityDefaults,
  history: 'all',
  output: 'mixture',
  statesKept: 4000,
};

/** State marginal matching towards the uniform distribution, on soft actor-critic. @throws `INVALID_OPTION`. */
export function createStateMarginalMatching(
  options: Partial<StateMarginalMatchingOptions> = {},
): ControlLearner<GoalTaskState> {
  const name = 'state-marginal-matching';
  const complete = { ...stateMarginalMatchingDefaults, ...options };
  const reward = densityReward({
    name,
    density: densityFor(name, complete),
    history: requireOneOf(name, complete, 'history', ['all', 'current']),
    capacity: complete.statesKept,
    features: complete.features,
    scale: complete.rewardScale,
    environment: complete.environmentReward,
  });
  const output = requireOneOf(name, complete, 'output', ['mixture', 'last']);
  return preset(name, { base: sacBase(complete), reward, output }, complete);
}

/** Options of `diayn`; JSON. */
export type DiaynOptions = UnsupervisedOptions & {
  /** K skills, or that many bits. */
  readonly skills: number;
  /** One-hot skills, or skills in bits. */
  readonly code: 'categorical' | 'bits';
  /** Units of each hidden layer of the discriminator. */
  readonly discriminatorHidden: readonly number[];
  /** η of the discriminator's Adam, > 0. */
  readonly discriminatorLearningRate: number;
};

/** Eight skills at α = 0.1. */
export const diaynDefaults: DiaynOptions = {
  ...unsupervisedDefaults,
  skills: 8,
  code: 'categorical',
  discriminatorHidden: [64, 64],
  discriminatorLearningRate: 1e-3,
};

/** Skills without a reward: soft actor-critic paid for being told apart. @throws `INVALID_OPTION`. */
export function createDiayn(options: Partial<DiaynOptions> = {}): ControlLearner<GoalTaskState> {
  const name = 'diayn';
  const complete = { ...diaynDefaults, ...options };
  const code = requireOneOf(name, complete, 'code', ['categorical', 'bits']);
  requirePositive(name, complete, 'discriminatorLearningRate');
  const make = code === 'bits' ? bitsProposer : categoricalProposer;
  make(complete.skills);
  const reward = skillReward(name, {
    hidden: complete.discriminatorHidden,
    learningRate: complete.discriminatorLearningRate,
    features: complete.features,
    scale: complete.rewardScale,
    environment: complete.environmentReward,
  });
  return preset(name, { base: sacBase(complete), z: () => make(complete.skills), reward }, complete);
}
