import { requireInteger, type TabularModel, TasklearnError } from '@tasklearn/core';
import { exactRewards, likelihoodOf, type RewardLaw, updateBelief } from './bayes-filter.js';

/** A decision problem whose model is unknown. */
export interface BayesAdaptiveProblem {
  /** The processes that are thought possible, with the same states and actions. */
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
  const { models, prior, horizon, episodes = 1, law = exactRewards } = problem;
  requireInteger('bayesAdaptive', { horizon }, 'horizon');
  requireInteger('bayesAdaptive', { episodes }, 'episodes');
  const [first] = models;
  if (
    first === undefined ||
    prior.length !== models.length ||
    models.some(({ states, actions }) => states !== first.states || actions !== first.actions)
  ) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `bayesAdaptive: expected one prior probability per model, and models of one size, got ${models.length} models and ${prior.length} probabilities.`,
      { key: 'models', received: models.length },
    );
  }
  const known = new Map<string, { action: number; value: number }>();

  const begin = (belief: Float64Array, stepsLeft: number): number => {
    if (stepsLeft === 0) return 0;
    let value = 0;
    for (let state = 0; state < first.states; state += 1) {
      // The start tells nothing here: only believed models that can start in this state go on being believed.
      const joint = belief.map((mass, index) => mass * (models[index]?.initial[state] as number));
      const total = joint.reduce((sum, mass) => sum + mass, 0);
      if (total > 0)
        value +=
          total *
          best(
            joint.map((mass) => mass / total),
            state,
            stepsLeft,
          ).value;
    }
    return value;
  };
  const follow = (belief: Float64Array, next: number, stepsLeft: number): number => {
    const inEpisode = stepsLeft % horizon;
    if (first.terminal[next] === 1) return begin(belief, stepsLeft - inEpisode);
    return inEpisode === 0 ? begin(belief, stepsLeft) : best(belief, next, stepsLeft).value;
  };
  const worth = (belief: Float64Array, state: number, action: number, stepsLeft: number): number => {
    let value = 0;
    for (const { next, reward } of outcomesOf(problem, belief, state, action)) {
      const seen = { state, action, next, reward };
      const probability = belief.reduce(
        (sum, mass, index) => sum + mass * likelihoodOf(models[index] as TabularModel, seen, law),
        0,
      );
      const after = updateBelief(models, belief, seen, law);
      value += probability * (reward + follow(after, next, stepsLeft - 1));
    }
    return value;
  };
  const best = (belief: Float64Array, state: number, stepsLeft: number) => {
    const key = `${state} ${stepsLeft} ${Array.from(belief, (mass) => mass.toFixed(10)).join()}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    let chosen = { action: 0, value: Number.NEGATIVE_INFINITY };
    for (let action = 0; action < first.actions; action += 1) {
      const value = worth(belief, state, action, stepsLeft);
      if (value > chosen.value + 1e-12) chosen = { action, value };
    }
    known.set(key, chosen);
    return chosen;
  };
  return { value: begin(prior, horizon * episodes), act: best, size: () => known.size };
}
