import { requireInteger, type TabularModel, TasklearnError } from '@tasklearn/core';
import { exactRewards, likelihoodOf, type RewardLaw, updateBelief } from './bayes-filter.js';

/** A decision problem whose model is unknown. */
export interface BayesAdaptiveProblem {
  /** The processes that are thought possible, with the same states, terminal ones included, and actions. */
  readonly models: readonly TabularModel[];
  /** b, [M], summing to 1. */
  readonly prior: Float64Array;
  /** H: steps per episode. */
  readonly horizon: number;
  /** Episodes of the same process, each begun anew; the belief is kept. Default 1. */
  readonly episodes?: number;
  /** Default: what is expected is received. */
  readonly law?: RewardLaw;
}

/** Optimal behaviour under uncertainty. */
export interface BayesAdaptiveSolution {
  /** The largest expected sum of rewards over all episodes, the model drawn from the prior. */
  readonly value: number;
  /** The best action after a history, and what it is worth. */
  act(
    belief: Float64Array,
    state: number,
    stepsLeft: number,
  ): { readonly action: number; readonly value: number };
  /** Belief states visited by the recursion. */
  readonly size: () => number;
}

/** What may follow an action, over all models in the belief. */
interface Outcome {
  readonly next: number;
  readonly reward: number;
}

function outcomesOf(
  problem: BayesAdaptiveProblem,
  belief: Float64Array,
  state: number,
  action: number,
): Outcome[] {
  const { models, law = exactRewards } = problem;
  const found = new Map<string, Outcome>();
  models.forEach((model, index) => {
    if (belief[index] === 0) return;
    for (let next = 0; next < model.states; next += 1) {
      const at = (state * model.actions + action) * model.states + next;
      if (model.transition[at] === 0) continue;
      for (const { reward, probability } of law.outcomes(model.reward[at] as number))
        if (probability > 0) found.set(`${next} ${reward.toFixed(6)}`, { next, reward });
    }
  });
  return [...found.values()];
}

/** @throws `INVALID_OPTION` for no models or models of different sizes, or numbers out of range. */
function validate({ models, prior, horizon, episodes = 1 }: BayesAdaptiveProblem): TabularModel {
  requireInteger('bayesAdaptive', { horizon }, 'horizon');
  requireInteger('bayesAdaptive', { episodes }, 'episodes');
  const [first] = models;
  const fits = (model: TabularModel) => model.states === first?.states && model.actions === first.actions;
  if (first !== undefined && prior.length === models.length && models.every(fits)) return first;
  throw new TasklearnError(
    'INVALID_OPTION',
    `bayesAdaptive: expected one prior probability per model, and models of one size, got ${models.length} models and ${prior.length} probabilities.`,
    { key: 'models', received: models.length },
  );
}

/** The recursion, and what it has found so far. State is real here: the table of solved belief states. */
class BeliefTree {
  readonly #problem: BayesAdaptiveProblem;
  /** Any of the models, for sizes and terminal states. */
  readonly #first: TabularModel;
  readonly #law: RewardLaw;
  readonly #known = new Map<string, { readonly action: number; readonly value: number }>();

  constructor(problem: BayesAdaptiveProblem) {
    this.#problem = problem;
    this.#first = validate(problem);
    this.#law = problem.law ?? exactRewards;
  }

  get size(): number {
    return this.#known.size;
  }

  /** Worth of a fresh episode with so many steps left in all. */
  begin(belief: Float64Array, stepsLeft: number): number {
    if (stepsLeft === 0) return 0;
    const { models } = this.#problem;
    let value = 0;
    for (let state = 0; state < this.#first.states; state += 1) {
      // Models that cannot start in this state are no longer believed.
      const joint = belief.map((mass, index) => mass * (models[index]?.initial[state] as number));
      const total = joint.reduce((sum, mass) => sum + mass, 0);
      if (total === 0) continue;
      const started = joint.map((mass) => mass / total);
      value += total * this.best(started, state, stepsLeft).value;
    }
    return value;
  }

  /** The best action, and its worth. */
  best(
    belief: Float64Array,
    state: number,
    stepsLeft: number,
  ): { readonly action: number; readonly value: number } {
    const key = `${state} ${stepsLeft} ${Array.from(belief, (mass) => mass.toFixed(10)).join()}`;
    const found = this.#known.get(key);
    if (found !== undefined) return found;
    let chosen = { action: 0, value: Number.NEGATIVE_INFINITY };
    for (let action = 0; action < this.#first.actions; action += 1) {
      const value = this.#worth(belief, state, action, stepsLeft);
      if (value > chosen.value + 1e-12) chosen = { action, value };
    }
    this.#known.set(key, chosen);
    return chosen;
  }

  #worth(belief: Float64Array, state: number, action: number, stepsLeft: number): number {
    const { models } = this.#problem;
    let value = 0;
    for (const { next, reward } of outcomesOf(this.#problem, belief, state, action)) {
      const seen = { state, action, next, reward };
      const probability = belief.reduce(
        (sum, mass, index) => sum + mass * likelihoodOf(models[index] as TabularModel, seen, this.#law),
        0,
      );
      const after = updateBelief(models, belief, seen, this.#law);
      value += probability * (reward + this.#follow(after, next, stepsLeft - 1));
    }
    return value;
  }

  #follow(belief: Float64Array, next: number, stepsLeft: number): number {
    const inEpisode = stepsLeft % this.#problem.horizon;
    if (this.#first.terminal[next] === 1) return this.begin(belief, stepsLeft - inEpisode);
    return inEpisode === 0 ? this.begin(belief, stepsLeft) : this.best(belief, next, stepsLeft).value;
  }
}

/**
 * The Bayes-adaptive optimum by recursion over belief states: the exact solution of small problems, and the yardstick of
 * methods that learn to explore.
 *
 * V(b, s, n) = max_a Σ_{s′, r} p(s′, r | b, s, a) (r + V(b′, s′, n − 1))
 *
 * States are worth nothing after termination until the next episode begins from a fresh initial state.
 *
 * @throws `INVALID_OPTION` for no models or models of different sizes, or numbers out of range.
 * @see Duff. Optimal Learning: Computational Procedures for Bayes-Adaptive Markov Decision Processes. 2002.
 */
export function bayesAdaptive(problem: BayesAdaptiveProblem): BayesAdaptiveSolution {
  const tree = new BeliefTree(problem);
  return {
    value: tree.begin(problem.prior, problem.horizon * (problem.episodes ?? 1)),
    act: (belief, state, stepsLeft) => tree.best(belief, state, stepsLeft),
    size: () => tree.size,
  };
}
