import {
  type ControlAgent,
  type ControlLearner,
  type ControlTrainingContext,
  type HostTensor,
  type PartialOptions,
  type Rng,
  requireInRange,
  requireInteger,
  requireOneOf,
  requirePositive,
  resolveOptions,
  type TabularControlDistribution,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import { valueIteration } from '@tasklearn/rl';
import { hostArray } from '../networks/flat-update.js';
import { readCheckpoint, writeCheckpoint } from '../training/meta-checkpoint.js';
import { collectTrials } from '../trials/collect-trials.js';
import { sampleTasks, trainingSet } from '../trials/sample-tasks.js';
import { createTrialBatch, summarizeTrials } from '../trials/trial-batch.js';
import { beginBelief, type Likelihood, type TaskSet, taskMarginal, updateTaskBelief } from './task-belief.js';

/** Options of `exact-posterior-sampling` and `bayes-filter`. */
export type ExactBeliefOptions = {
  /**
   * `thompson`: one task is drawn from the belief and its optimal policy followed; `mean`: the action of the largest value
   * in the mean over the belief (Q-MDP), which never acts to find out.
   */
  readonly act: 'thompson' | 'mean';
  /** `thompson`: how long a draw is held. */
  readonly hold: 'episode' | 'step';
  /** γ of planning, in [0, 1). */
  readonly discount: number;
  /** Standard deviation of rewards around those of the models, > 0. */
  readonly rewardDeviation: number;
  /** The same for observations. */
  readonly observationDeviation: number;
  /** Trials played per update, to report returns: nothing is learnt from them. */
  readonly trialsPerUpdate: number;
};

/** Posterior sampling with exact beliefs. */
export const exactPosteriorSamplingDefaults: ExactBeliefOptions = {
  act: 'thompson',
  hold: 'episode',
  discount: 0.95,
  rewardDeviation: 0.05,
  observationDeviation: 0.05,
  trialsPerUpdate: 16,
};

/** Q-MDP with exact beliefs. */
export const bayesFilterDefaults: ExactBeliefOptions = { ...exactPosteriorSamplingDefaults, act: 'mean' };

/** What an agent keeps during a trial. */
export interface BeliefTaskState {
  /** b(task, state) of each trial, [M * S]; absent before the first step of an episode. */
  readonly beliefs: readonly (Float64Array | undefined)[];
  /** b(task) between episodes, [M] each. */
  readonly tasks: readonly Float64Array[];
  /** The task that each trial acts by, or -1 before it is drawn. */
  readonly drawn: Int32Array;
}

type Models = TaskSet & { readonly values: ArrayLike<number> };

/** Exact models of all training tasks, stacked; with the optimal action values [M, S, A]. */
function stackModels(distribution: TabularControlDistribution, discount: number, key: Rng): Tree<HostTensor> {
  const count = distribution.trainingTasks as number;
  const tasks = trainingSet(distribution, count, key);
  const models = tasks.map((task) => distribution.tabularModel(task));
  const { states: S, actions: A } = models[0] as (typeof models)[number];
  const stack = (shape: readonly number[], part: (index: number) => ArrayLike<number>) => {
    const rows = tasks.map((_, index) => Array.from(part(index)));
    return hostArray([count, ...shape], Float32Array.from(rows.flat()));
  };
  const seen = tasks.map((task) =>
    Array.from({ length: S }, (_, state) => [...distribution.observationOf(task, state)]).flat(),
  );
  const model = (index: number) => models[index] as (typeof models)[number];
  return {
    initial: stack([S], (index) => model(index).initial),
    transition: stack([S, A, S], (index) => model(index).transition),
    reward: stack([S, A, S], (index) => model(index).reward),
    observation: stack([S, (seen[0] as number[]).length / S], (index) => seen[index] as number[]),
    values: stack([S, A], (index) => valueIteration(model(index), { gamma: discount }).actionValues),
  };
}

function modelsOf(parameters: Tree<HostTensor>): Models {
  const { initial, transition, reward, observation, values } = parameters as {
    readonly [name: string]: HostTensor;
  } as Record<'initial' | 'transition' | 'reward' | 'observation' | 'values', HostTensor>;
  const [tasks, states, actions] = values.shape as [number, number, number];
  return {
    tasks,
    states,
    actions,
    observationSize: observation.shape[2] as number,
    initial: initial.data,
    transition: transition.data,
    reward: reward.data,
    observation: observation.data,
    values: values.data,
  };
}

function drawIndex(weights: Float64Array, rng: Rng): number {
  let rest = rng.next();
  for (let index = 0; index < weights.length; index += 1) {
    rest -= weights[index] as number;
    if (rest < 0) return index;
  }
  return weights.findLastIndex((weight) => weight > 0);
}

/** The best action in the mean over a belief; of one task alone if `task` is not -1. */
function bestAction(models: Models, belief: Float64Array, task: number): number {
  const { states, actions, values } = models;
  // A drawn task is acted upon even where its states have no mass left: states are then believed as over all tasks.
  const totals = new Float64Array(actions);
  for (let index = 0; index < belief.length; index += 1) {
    const mass = belief[index] as number;
    if (mass === 0) continue;
    const row = (task === -1 ? index : task * states + (index % states)) * actions;
    for (let action = 0; action < actions; action += 1)
      totals[action] = (totals[action] as number) + mass * (values[row + action] as number);
  }
  return totals.indexOf(Math.max(...totals));
}

function beliefAgent(models: Models, options: ExactBeliefOptions): ControlAgent<BeliefTaskState> {
  const likelihood: Likelihood = options;
  const O = models.observationSize;
  const rowOf = (values: Float32Array, copy: number) => values.subarray(copy * O, (copy + 1) * O);
  const uniform = () => new Float64Array(models.tasks).fill(1 / models.tasks);
  const redraws = (state: BeliefTaskState, copy: number) =>
    options.act === 'thompson' && (options.hold === 'step' || state.drawn[copy] === -1);
  return {
    beginTrials: (trials) => ({
      beliefs: Array.from({ length: trials }, () => undefined),
      tasks: Array.from({ length: trials }, uniform),
      drawn: new Int32Array(trials).fill(-1),
    }),
    async act(state, { observation }, active, rng) {
      const drawn = state.drawn.slice();
      const beliefs = state.beliefs.map((belief, copy) =>
        active[copy] === 1 && belief === undefined
          ? beginBelief(models, state.tasks[copy] as Float64Array, rowOf(observation, copy), likelihood)
          : belief,
      );
      const actions = Float32Array.from(active, (isActive, copy) => {
        const belief = beliefs[copy];
        if (isActive !== 1 || belief === undefined) return 0;
        if (redraws(state, copy)) drawn[copy] = drawIndex(taskMarginal(models, belief), rng.split(copy));
        return bestAction(models, belief, drawn[copy] as number);
      });
      return { actions, state: { ...state, beliefs, drawn } };
    },
    observe(state, actions, steps, active) {
      const beliefs = state.beliefs.map((belief, copy) => {
        if (active[copy] !== 1 || belief === undefined) return belief;
        const seen = rowOf(steps.observation, copy);
        const step = { action: actions[copy] as number, reward: steps.reward[copy] as number, seen };
        return updateTaskBelief(models, belief, step, likelihood);
      });
      return { ...state, beliefs };
    },
    endEpisode: (state) => ({
      beliefs: state.beliefs.map(() => undefined),
      tasks: state.beliefs.map((belief, copy) =>
        belief === undefined ? (state.tasks[copy] as Float64Array) : taskMarginal(models, belief),
      ),
      drawn: state.drawn.map(() => -1),
    }),
    adapt: async (state) => state,
    dispose() {},
  };
}

/** @throws `UNSUPPORTED_TASK` where tasks are not finitely many finite worlds with known models. */
function requireTabular(owner: string, { distribution }: ControlTrainingContext): TabularControlDistribution {
  const tabular = distribution as Partial<TabularControlDistribution>;
  if (distribution.trainingTasks !== undefined && tabular.tabularModel !== undefined)
    return distribution as TabularControlDistribution;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner}: tasks must be finitely many finite worlds that tell their exact models (${distribution.id}).`,
    { distribution: distribution.id },
  );
}

const FORMAT = 'exact-belief 1';

function exactBelief(owner: string, options: ExactBeliefOptions): ControlLearner<BeliefTaskState> {
  return {
    kind: 'control',
    async openTraining(context, saved) {
      const distribution = requireTabular(owner, context);
      const key = context.rng.split('tasks');
      const parameters = stackModels(distribution, options.discount, key);
      const agent = beliefAgent(modelsOf(parameters), options);
      let updates = saved === undefined ? 0 : readCheckpoint(FORMAT, saved).updates;
      const { trial } = context;
      const episodes = trial.explorationEpisodes + trial.executionEpisodes;
      const { spec } = distribution;
      const batch = createTrialBatch(spec, options.trialsPerUpdate, episodes * spec.horizon);
      return {
        async update() {
          const rng = context.rng.split('update').split(updates);
          const tasks = sampleTasks(distribution, options.trialsPerUpdate, rng.split('choice'), key);
          const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
          try {
            await collectTrials({ actor: agent, environment, trial, rng: rng.split('trials'), batch });
          } finally {
            environment.dispose();
          }
          updates += 1;
          const { returns, success } = summarizeTrials(batch, episodes);
          return { metrics: { return: returns.at(-1) as number, success: success.at(-1) as number } };
        },
        parameters: () => parameters,
        save: () => writeCheckpoint(FORMAT, updates, {}),
        dispose() {},
      };
    },
    openAgent: async (parameters) => beliefAgent(modelsOf(parameters), options),
  };
}

function resolve(owner: string, defaults: ExactBeliefOptions, given: PartialOptions<ExactBeliefOptions>) {
  const options = resolveOptions(owner, defaults, given);
  requireOneOf(owner, options, 'act', ['thompson', 'mean']);
  requireOneOf(owner, options, 'hold', ['episode', 'step']);
  requireInRange(owner, options, 'discount', 0, 0.9999);
  requirePositive(owner, options, 'rewardDeviation');
  requirePositive(owner, options, 'observationDeviation');
  requireInteger(owner, options, 'trialsPerUpdate');
  return options;
}

/**
 * Posterior sampling with exact beliefs over the finite training set: for every episode a task is drawn from the belief and
 * its optimal policy followed. Tasks are told as models; nothing is learnt from data.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Strens. A Bayesian Framework for Reinforcement Learning. ICML 2000. Osband, Russo, Van Roy. NeurIPS 2013.
 * arXiv:1306.0940.
 */
export function createExactPosteriorSampling(
  options: PartialOptions<ExactBeliefOptions> = {},
): ControlLearner<BeliefTaskState> {
  const owner = 'exact-posterior-sampling';
  return exactBelief(owner, resolve(owner, exactPosteriorSamplingDefaults, options));
}

/**
 * The exact Bayes filter over the finite training set, acting by the mean of the tasks' optimal values (Q-MDP): it uses what it
 * happens to see and never goes to see anything.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Littman, Cassandra, Kaelbling. Learning policies for partially observable environments. ICML 1995.
 */
export function createBayesFilter(
  options: PartialOptions<ExactBeliefOptions> = {},
): ControlLearner<BeliefTaskState> {
  return exactBelief('bayes-filter', resolve('bayes-filter', bayesFilterDefaults, options));
}
