import { type ControlLearner, requireControlTask, requireOneOf, requirePositive } from '@tasklearn/core';
import { type CreateBase, deterministicBase, dqnBase, type SacBaseOptions, sacBase } from '../bases/base.js';
import { imitationBase } from '../bases/imitation-base.js';
import { projectConflicting } from '../multi-task/project-conflicting.js';
import { bitsProposer, categoricalProposer } from '../proposers/proposers.js';
import {
  type GoalRelabellingOptions,
  goalRelabelling,
  windowRelabelling,
} from '../relabelling/relabel-goal-slot.js';
import { type TaskRelabellingOptions, taskRelabelling } from '../relabelling/relabel-task-slot.js';
import { densityReward } from '../rewards/density-reward.js';
import { skillReward } from '../rewards/skill-reward.js';
import { capabilitiesOf, type GoalLearnerName } from './capabilities.js';
import { type DensityOptions, densityDefaults, densityFor } from './density-options.js';
import type { GoalTaskState } from './goal-agent.js';
import { goalLearner } from './goal-learner.js';
import type { GoalSlots } from './goal-slots.js';
import { type GoalTrainingOptions, goalTrainingDefaults } from './goal-training-options.js';

/** A composed learner that refuses what its preset does not declare. */
function preset(name: GoalLearnerName, slots: Omit<GoalSlots, 'name'>, options: GoalTrainingOptions) {
  const learner = goalLearner({ name, ...slots }, trainingOf(options));
  const refusing: ControlLearner<GoalTaskState> = {
    ...learner,
    async openTraining(context, saved) {
      requireControlTask(name, capabilitiesOf(name), context.distribution);
      return learner.openTraining(context, saved);
    },
  };
  return refusing;
}

/** The options of training among those of a preset. */
function trainingOf(options: GoalTrainingOptions): GoalTrainingOptions {
  const keys = Object.keys(goalTrainingDefaults) as (keyof GoalTrainingOptions)[];
  return Object.fromEntries(keys.map((key) => [key, options[key]])) as unknown as GoalTrainingOptions;
}

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

/** Options of all multi-task learners; JSON. */
export type MultiTaskOptions = GoalTrainingOptions &
  TaskRelabellingOptions & {
    /** What becomes of the tasks' gradients: their `mean`, or what is left of them after `projected` conflicts. */
    readonly gradients: 'mean' | 'projected';
  };

const multiTaskDefaults: MultiTaskOptions = {
  ...goalTrainingDefaults,
  replay: 'task',
  strategy: 'none',
  prioritised: false,
  smallestPriority: 0.01,
  endsAtReward: false,
  descriptor: null,
  gradients: 'mean',
};

function multiTask(name: GoalLearnerName, base: CreateBase, options: MultiTaskOptions) {
  const gradients = requireOneOf(name, options, 'gradients', ['mean', 'projected']);
  const slots = {
    base,
    relabel: taskRelabelling(name, options),
    ...(gradients === 'mean' ? {} : { combine: projectConflicting }),
  };
  return preset(name, slots, options);
}

/** Options of `multi-task-dqn`; JSON. */
export type MultiTaskDqnOptions = MultiTaskOptions & Pick<HerDqnOptions, 'double'>;

/** A buffer for each task, no relabelling. */
export const multiTaskDqnDefaults: MultiTaskDqnOptions = { ...multiTaskDefaults, double: true };

/** One Q-network for finitely many tasks. @throws `INVALID_OPTION`. */
export function createMultiTaskDqn(
  options: Partial<MultiTaskDqnOptions> = {},
): ControlLearner<GoalTaskState> {
  const complete = { ...multiTaskDqnDefaults, ...options };
  return multiTask('multi-task-dqn', dqnBase(complete.double), complete);
}

/** Options of `multi-task-sac`; JSON. */
export type MultiTaskSacOptions = MultiTaskOptions & SacBaseOptions;

/** A buffer for each task, no relabelling, α tuned from 0.1. */
export const multiTaskSacDefaults: MultiTaskSacOptions = {
  ...multiTaskDefaults,
  explorationRate: 0,
  batchSize: 256,
  temperature: 0.1,
  automaticTemperature: true,
};

/** One soft actor-critic for finitely many tasks. @throws `INVALID_OPTION`. */
export function createMultiTaskSac(
  options: Partial<MultiTaskSacOptions> = {},
): ControlLearner<GoalTaskState> {
  const complete = { ...multiTaskSacDefaults, ...options };
  return multiTask('multi-task-sac', sacBase(complete), complete);
}

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
