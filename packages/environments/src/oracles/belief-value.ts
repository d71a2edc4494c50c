import { type TabularModel, TasklearnError } from '@tasklearn/core';
import { backwardInduction } from '../tabular/backward-induction.js';
import { worldOfModel } from '../tabular/finite-world.js';

/** A discount so close to 1 that it only decides between plans of equal value: the one that earns sooner. */
const SOONER = 1 - 1e-7;

/** A finite set of processes, one of which is the true one, and the trial in which it is met. */
export interface BeliefProblem {
  /** All with the same numbers of states and actions. */
  readonly models: readonly TabularModel[];
  /** Chances of the models, summing to 1; equal where absent. */
  readonly prior?: readonly number[];
  /** H, steps of an episode, >= 1. */
  readonly horizon: number;
  /** Episodes of a trial, >= 1. */
  readonly episodes: number;
  /** Episodes, first ones, whose return does not count; 0 where absent. */
  readonly explorationEpisodes?: number;
}

/** The posterior after a transition, unnormalised weights: b′(M) ∝ b(M) p(s′ | s, a, M) 1[r = r(s, a, s′, M)]. */
export function updateBelief(
  models: readonly TabularModel[],
  belief: readonly number[],
  step: { readonly state: number; readonly action: number; readonly reward: number; readonly next: number },
): number[] {
  const { state, action, reward, next } = step;
  const weights = models.map((model, index) => {
    const place = (state * model.actions + action) * model.states + next;
    const agrees = Math.abs((model.reward[place] as number) - reward) < 1e-9;
    return agrees ? (belief[index] as number) * (model.transition[place] as number) : 0;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0)
    throw new TasklearnError('INVALID_OPTION', 'updateBelief: no model of the set can have made this step.', {
      key: 'step',
      received: step,
    });
  return weights.map((weight) => weight / total);
}

/** Outcomes of an action under a belief: chance of each (s′, r), and what is then believed. */
function outcomes(models: readonly TabularModel[], belief: readonly number[], state: number, action: number) {
  const found = new Map<
    string,
    { next: number; reward: number; weights: number[]; total: number; terminal: number }
  >();
  for (const [index, model] of models.entries()) {
    if (belief[index] === 0) continue;
    const row = (state * model.actions + action) * model.states;
    for (let next = 0; next < model.states; next += 1) {
      const weight = (belief[index] as number) * (model.transition[row + next] as number);
      if (weight === 0) continue;
      const reward = model.reward[row + next] as number;
      const key = `${next} ${reward} ${model.terminal[next]}`;
      const entry = found.get(key) ?? {
        next,
        reward,
        weights: models.map(() => 0),
        total: 0,
        terminal: model.terminal[next] as number,
      };
      entry.weights[index] = (entry.weights[index] as number) + weight;
      entry.total += weight;
      found.set(key, entry);
    }
  }
  return [...found.values()];
}

/** Dynamic programming over (episode, time, state, belief), reached from the prior. */
class BeliefTree {
  readonly #problem: BeliefProblem;
  readonly #known = new Map<string, { value: number; action: number }>();

  constructor(problem: BeliefProblem) {
    this.#problem = problem;
  }

  begin(episode: number, belief: readonly number[]): number {
    const { models, episodes } = this.#problem;
    if (episode === episodes) return 0;
    const states = models[0]?.states ?? 0;
    let value = 0;
    for (let state = 0; state < states; state += 1) {
      const weights = models.map(
        (model, index) => (belief[index] as number) * (model.initial[state] as number),
      );
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (total > 0)
        value +=
          total *
          this.best(
            episode,
            0,
            state,
            weights.map((weight) => weight / total),
          ).value;
    }
    return value;
  }

  best(episode: number, time: number, state: number, belief: readonly number[]) {
    const key = `${episode} ${time} ${state} ${belief.map((weight) => weight.toFixed(10)).join()}`;
    const before = this.#known.get(key);
    if (before !== undefined) return before;
    let best = { value: Number.NEGATIVE_INFINITY, action: 0 };
    for (let action = 0; action < (this.#problem.models[0]?.actions ?? 0); action += 1) {
      const value = this.#actionValue(episode, time, state, belief, action);
      if (value > best.value + 1e-12) best = { value, action };
    }
    this.#known.set(key, best);
    return best;
  }

  #actionValue(
    episode: number,
    time: number,
    state: number,
    belief: readonly number[],
    action: number,
  ): number {
    const { models, horizon, explorationEpisodes = 0 } = this.#problem;
    let value = 0;
    for (const { next, reward, weights, total, terminal } of outcomes(models, belief, state, action)) {
      const posterior = weights.map((weight) => weight / total);
      const counted = episode < explorationEpisodes ? 0 : reward;
      const ended = terminal === 1 || time + 1 === horizon;
      const later = ended
        ? this.begin(episode + 1, posterior)
        : this.best(episode, time + 1, next, posterior).value;
      value += total * (counted + later);
    }
    return value;
  }
}

/** The Bayes-adaptive optimum of a finite set of processes. */
export interface BeliefOptimum {
  /** Greatest expected sum of counted rewards of a trial, by who knows the prior only. */
  readonly value: number;
  /** A best action. */
  best(episode: number, time: number, state: number, belief: readonly number[]): number;
}

/**
 * Exact dynamic programming over states and beliefs: what the best exploration is worth. Rewards must be functions of
 * (s, a, s′); they are evidence too. For small sets only: the tree of beliefs grows with everything.
 *
 * @throws `INVALID_OPTION` for models of different sizes.
 *
 * @see Duff. Optimal learning: Computational procedures for Bayes-adaptive Markov decision processes. 2002.
 */
export function bayesAdaptiveOptimum(problem: BeliefProblem): BeliefOptimum {
  const { models } = problem;
  const [first] = models;
  if (
    first === undefined ||
    models.some(({ states, actions }) => states !== first.states || actions !== first.actions)
  )
    throw new TasklearnError(
      'INVALID_OPTION',
      'bayesAdaptiveOptimum: expected models with the same numbers of states and actions.',
      { key: 'models', received: models.length },
    );
  const tree = new BeliefTree(problem);
  return {
    value: tree.begin(0, problem.prior ?? models.map(() => 1 / models.length)),
    best: (episode, time, state, belief) => tree.best(episode, time, state, belief).action,
  };
}

/**
 * The exact value of posterior (Thompson) sampling on a finite set: before each episode a model is drawn from the belief,
 * and its optimal policy is followed to the episode's end. Never above the Bayes-adaptive optimum.
 */
export function thompsonValue(problem: BeliefProblem): number {
  const { models, horizon, episodes, explorationEpisodes = 0 } = problem;
  const plans = models.map((model) => backwardInduction(worldOfModel(model), horizon, SOONER).actions);
  const walk = (
    episode: number,
    time: number,
    state: number,
    belief: readonly number[],
    drawn: number,
  ): number => {
    const action = (plans[drawn] as Uint16Array)[time * (models[0]?.states ?? 0) + state] as number;
    let value = 0;
    for (const { next, reward, weights, total, terminal } of outcomes(models, belief, state, action)) {
      const posterior = weights.map((weight) => weight / total);
      const ended = terminal === 1 || time + 1 === horizon;
      const later = ended ? begin(episode + 1, posterior) : walk(episode, time + 1, next, posterior, drawn);
      value += total * ((episode < explorationEpisodes ? 0 : reward) + later);
    }
    return value;
  };
  const begin = (episode: number, belief: readonly number[]): number => {
    if (episode === episodes) return 0;
    let value = 0;
    for (const [drawn, chance] of belief.entries()) {
      if (chance === 0) continue;
      for (let state = 0; state < (models[0]?.states ?? 0); state += 1) {
        const weights = models.map(
          (model, index) => (belief[index] as number) * (model.initial[state] as number),
        );
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        if (total > 0)
          value +=
            chance *
            total *
            walk(
              episode,
              0,
              state,
              weights.map((weight) => weight / total),
              drawn,
            );
      }
    }
    return value;
  };
  return begin(0, problem.prior ?? models.map(() => 1 / models.length));
}
