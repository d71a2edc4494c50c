import {
  type Checkpoint,
  type ControlDistribution,
  type ControlLearner,
  type HostTensor,
  type Json,
  type Rng,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  type TabularControlDistribution,
  type TabularModel,
  TasklearnError,
} from '@tasklearn/core';
import { entropy } from '../information/entropy.js';
import { type DiscoveredSkills, skillDiscovery } from './discover-skills.js';
import { type StateMarginalMatch, stateMarginalMatcher } from './match-state-marginal.js';
import { uniformPolicy } from './state-marginal.js';
import { openTabularAgent, type TabularTaskState } from './tabular-agent.js';

/** A search for policies in a finite world whose model is known, one round per update. */
interface ExactSearch {
  step(): Readonly<Record<string, number>>;
  found(): { readonly policies: readonly Float64Array[]; readonly weights: ArrayLike<number> };
  /** What `open` takes to go on from here. */
  save(): Json;
}

type OpenSearch = (model: TabularModel, horizon: number, rng: Rng, saved?: Json) => ExactSearch;

/** The model of a world without hidden differences. @throws `UNSUPPORTED_TASK` where there is none. */
function modelOf(name: string, distribution: ControlDistribution, rng: Rng) {
  const { tabularModel } = distribution as Partial<TabularControlDistribution>;
  const varies = distribution.varies.filter((what) => what !== 'reward');
  if (tabularModel !== undefined && varies.length === 0) {
    const world = distribution as TabularControlDistribution;
    const task = world.task('train', 0, rng.split('tasks'));
    return { world, task, model: world.tabularModel(task) };
  }
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${name}: plans with the exact model of one finite world; ${distribution.id} ${
      tabularModel === undefined ? 'has no exact model' : `differs between tasks in ${varies.join(', ')}`
    }. Take the learner of the same method without \`exact\` in its name.`,
    { distribution: distribution.id, varies },
  );
}

const float32 = (shape: readonly number[], data: Float32Array): HostTensor => ({
  dtype: 'float32',
  shape,
  data,
});

/** Policies one below the other, [K, H * S * A]. */
function stacked(policies: readonly Float64Array[]): HostTensor {
  const size = policies[0]?.length ?? 0;
  const data = new Float32Array(policies.length * size);
  for (const [index, policy] of policies.entries()) data.set(policy, index * size);
  return float32([policies.length, size], data);
}

function exactLearner(name: string, open: OpenSearch): ControlLearner<TabularTaskState> {
  return {
    kind: 'control',
    async openTraining({ distribution, rng }, saved?: Checkpoint) {
      const { world, task, model } = modelOf(name, distribution, rng);
      const { horizon, observation } = distribution.spec;
      const held = (saved?.metadata as { readonly search?: Json } | undefined)?.search;
      const search = open(model, horizon, rng.split('search'), held);
      const size = observation.shape[0] ?? 1;
      const observations = new Float32Array(model.states * size);
      for (let state = 0; state < model.states; state += 1)
        observations.set(world.observationOf(task, state), state * size);
      return {
        update: async () => ({ metrics: search.step() }),
        parameters() {
          const { policies, weights } = search.found();
          return {
            policies: stacked(policies),
            weights: float32([weights.length], Float32Array.from(weights)),
            observations: float32([model.states, size], observations),
          };
        },
        save: () => ({ tensors: {}, metadata: { search: search.save() } }),
        dispose() {},
      };
    },
    openAgent: openTabularAgent,
  };
}

/** Options of {@link exactStateMarginalMatching}; JSON. */
export interface ExactStateMarginalMatchingOptions {
  /** ε > 0 of the density (ρ + ε) / (1 + S ε). */
  readonly smoothing: number;
  /** Whether the density is of `all` policies so far, or forgets all but the `current` one. */
  readonly history: 'all' | 'current';
  /** Weight of the newest marginal, η in (0, 1]; 0 for 1/k. */
  readonly stepSize: number;
}

/** A smoothing of 0.001, all history, weights 1/k. */
export const exactStateMarginalMatchingDefaults: ExactStateMarginalMatchingOptions = {
  smoothing: 1e-3,
  history: 'all',
  stepSize: 0,
};

const arrays = (values: unknown) => (values as number[][]).map((row) => Float64Array.from(row));
const lists = (values: readonly Float64Array[]) => values.map((row) => [...row]);

/**
 * State marginal matching in a finite world whose model is known: one exactly best response per update, towards the
 * uniform distribution of states. Agents follow the mixture.
 *
 * @throws `INVALID_OPTION`.
 */
export function exactStateMarginalMatching(
  options: Partial<ExactStateMarginalMatchingOptions> = {},
): ControlLearner<TabularTaskState> {
  const name = 'exact-state-marginal-matching';
  const complete = { ...exactStateMarginalMatchingDefaults, ...options };
  const smoothing = requirePositive(name, complete, 'smoothing');
  const history = requireOneOf(name, complete, 'history', ['all', 'current']);
  const stepSize = requireNonNegative(name, complete, 'stepSize');
  return exactLearner(name, (model, horizon, _rng, saved) => {
    const settings = { horizon, smoothing, history, ...(stepSize === 0 ? {} : { stepSize }) };
    const matcher = stateMarginalMatcher(model, settings, matchFrom(saved));
    return {
      step() {
        const { mixtureDivergence, lastDivergence, gap } = matcher.step();
        const { marginal } = matcher.result();
        return { mixtureDivergence, lastDivergence, gap, stateEntropy: entropy(marginal) };
      },
      found() {
        const { policies, weights } = matcher.result();
        return policies.length === 0
          ? { policies: [uniformPolicy(model, horizon)], weights: [1] }
          : { policies, weights };
      },
      save() {
        const { policies, weights, marginal, lastMarginal, iterations } = matcher.result();
        return {
          policies: lists(policies),
          weights: [...weights],
          marginal: [...marginal],
          lastMarginal: [...lastMarginal],
          iterations: iterations.map((iteration) => ({ ...iteration })),
        };
      },
    };
  });
}

function matchFrom(saved: Json | undefined): StateMarginalMatch | undefined {
  if (saved === undefined) return undefined;
  const held = saved as unknown as Record<keyof StateMarginalMatch, number[]>;
  return {
    policies: arrays(held.policies),
    weights: Float64Array.from(held.weights),
    marginal: Float64Array.from(held.marginal),
    lastMarginal: Float64Array.from(held.lastMarginal),
    iterations: held.iterations as unknown as StateMarginalMatch['iterations'],
  };
}

/** Options of {@link exactDiayn}; JSON. */
export interface ExactDiaynOptions {
  /** K, number of skills, >= 1. */
  readonly skills: number;
  /** α > 0, weight of the entropy of actions. */
  readonly temperature: number;
  /** Relative noise on the first marginals, >= 0. */
  readonly noise: number;
}

/** Eight skills at α = 0.1 from two per cent of noise. */
export const exactDiaynDefaults: ExactDiaynOptions = { skills: 8, temperature: 0.1, noise: 0.02 };

/**
 * Skill discovery in a finite world whose model is known: each update gives every skill its exact soft best response and
 * refits the discriminator by Bayes' rule. Agents follow a skill drawn for each episode.
 *
 * @throws `INVALID_OPTION`.
 */
export function exactDiayn(options: Partial<ExactDiaynOptions> = {}): ControlLearner<TabularTaskState> {
  const name = 'exact-diayn';
  const complete = { ...exactDiaynDefaults, ...options };
  const skills = requireInteger(name, complete, 'skills');
  requirePositive(name, complete, 'temperature');
  requireNonNegative(name, complete, 'noise');
  return exactLearner(name, (model, horizon, rng, saved) => {
    const discovery = skillDiscovery(model, { ...complete, horizon }, rng, skillsFrom(saved));
    return {
      step: () => ({ ...discovery.step() }),
      found: () => ({
        policies: discovery.result().policies,
        weights: new Float64Array(skills).fill(1 / skills),
      }),
      save() {
        const { policies, marginals, rounds } = discovery.result();
        return {
          policies: lists(policies),
          marginals: lists(marginals),
          rounds: rounds.map((round) => ({ ...round })),
        };
      },
    };
  });
}

function skillsFrom(saved: Json | undefined): DiscoveredSkills | undefined {
  if (saved === undefined) return undefined;
  const held = saved as unknown as Record<keyof DiscoveredSkills, unknown>;
  return {
    policies: arrays(held.policies),
    marginals: arrays(held.marginals),
    rounds: held.rounds as DiscoveredSkills['rounds'],
  };
}
