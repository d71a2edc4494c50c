import {
  createRng,
  type Rng,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  type TabularControlDistribution,
} from '@tasklearn/core';
import { posteriorSampling } from '../oracles/posterior-sampling.js';
import { drawnSeed, drawnTask } from '../tasks/drawn-tasks.js';
import { type FiniteWorld, finiteWorld, type Transition } from './finite-world.js';
import { tabularDistribution } from './tabular-distribution.js';

/** Options of {@link tabularMdps}. */
export type TabularMdpOptions = {
  /** S, >= 2. */
  readonly states: number;
  /** A, >= 1. */
  readonly actions: number;
  /** H, steps of an episode, >= 1. */
  readonly horizon: number;
  /** Episodes of a trial, all of which count, >= 1. */
  readonly episodes: number;
  /** `dirichlet`: next states by a flat Dirichlet. `garnet`: `branching` possible next states of each state and action. */
  readonly transitions: 'dirichlet' | 'garnet';
  /** Next states of a Garnet row, in [1, states]. */
  readonly branching: number;
  /** Standard deviation of the normal noise on rewards, >= 0. */
  readonly rewardNoise: number;
};

/** The random decision processes of the RL² paper, with ten episodes to a trial. */
export const tabularMdpDefaults: TabularMdpOptions = {
  states: 10,
  actions: 5,
  horizon: 10,
  episodes: 10,
  transitions: 'dirichlet',
  branching: 3,
  rewardNoise: 1,
};

/** Processes that the optimistic reference chooses from. */
const OPTIMISTIC_DRAWS = 10;

/** Numbers > 0 that sum to 1, uniformly so: normalised exponentials. */
function flatDirichlet(rng: Rng, count: number): number[] {
  const weights = Array.from({ length: count }, () => -Math.log(1 - rng.next()));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function randomWorld(options: TabularMdpOptions, rng: Rng): FiniteWorld {
  const { states, actions, transitions, branching } = options;
  const rows = Array.from({ length: states * actions }, (): Transition[] => {
    const reward = 1 + rng.gaussian();
    const successors =
      transitions === 'garnet'
        ? rng.permutation(states).slice(0, branching)
        : Int32Array.from({ length: states }, (_, state) => state);
    const chances = flatDirichlet(rng, successors.length);
    return chances.map((probability, index) => ({ next: successors[index] as number, probability, reward }));
  });
  return finiteWorld({
    states,
    actions,
    initial: 0,
    transitions: (state, action) => rows[state * actions + action] as Transition[],
  });
}

/**
 * Random finite decision processes. Episodes begin in state 0. Mean rewards of (s, a) are N(1, 1); rewards are normal
 * about them. The observation is the state, one-hot. References: `oracle` (told the process), `psrl`
 * (posterior sampling with the prior that the tasks are drawn from), `opsrl` (the same with the best of ten draws), `random`.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Duan, Schulman, Chen, Bartlett, Sutskever, Abbeel. RL²: Fast Reinforcement Learning via Slow Reinforcement
 *   Learning. 2016. arXiv:1611.02779, section 3.2; Bhatnagar, Sutton, Ghavamzadeh, Lee. Natural actor-critic algorithms.
 *   Automatica, 2009 (Garnet).
 */
export function tabularMdps(options: Partial<TabularMdpOptions> = {}): TabularControlDistribution {
  const complete = { ...tabularMdpDefaults, ...options };
  const id = '@tasklearn/environments/tabular-mdps';
  requireInteger(id, complete, 'states', 2);
  for (const key of ['actions', 'horizon', 'episodes'] as const) requireInteger(id, complete, key);
  requireInteger(id, complete, 'branching', 1, complete.states);
  requireOneOf(id, complete, 'transitions', ['dirichlet', 'garnet']);
  requireNonNegative(id, complete, 'rewardNoise');
  const { states, actions, horizon, rewardNoise } = complete;
  const distribution = tabularDistribution({
    id,
    varies: ['dynamics', 'reward'],
    trial: { explorationEpisodes: 0, executionEpisodes: complete.episodes },
    states,
    actions,
    horizon,
    hasSuccess: false,
    rewardNoise,
    task: (split, index, rng) =>
      drawnTask(split, index, rng, (stream) => ({ seed: drawnSeed(split, stream) })),
    world: ({ parameters }) => randomWorld(complete, createRng(parameters.seed as number)),
  });
  const known = { states, actions, horizon, rewardNoise };
  return {
    ...distribution,
    references: {
      ...distribution.references,
      psrl: posteriorSampling(known),
      opsrl: posteriorSampling({ ...known, draws: OPTIMISTIC_DRAWS }),
    },
  };
}
