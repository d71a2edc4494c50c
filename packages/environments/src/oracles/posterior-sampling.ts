import type { ControlTask, ReferencePolicy, Rng } from '@tasklearn/core';
import { copyPolicies } from './copy-policies.js';

/** What posterior sampling knows of the processes it meets. */
export interface PosteriorSamplingOptions {
  /** S; observations are one-hot. */
  readonly states: number;
  /** A. */
  readonly actions: number;
  /** H. */
  readonly horizon: number;
  /** Standard deviation of rewards about their mean. */
  readonly rewardNoise: number;
  /** Processes drawn before each episode, of which the one with the best start is believed in: above 1, optimism. 1 unless told. */
  readonly draws?: number;
}

/** Optimal actions, [H * S], in a process, and what they are worth from the state where episodes begin. */
interface Plan {
  readonly actions: Uint16Array;
  readonly value: number;
}

/** A Gamma(shape, 1) number for shape >= 1. @see Marsaglia, Tsang. A simple method for generating gamma variables. 2000. */
export function gammaSample(rng: Rng, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = rng.gaussian();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - rng.next();
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** The belief about one process: Dirichlet(1 + counts) next states, normal mean rewards with prior N(1, 1). */
class DirichletBelief {
  readonly #options: PosteriorSamplingOptions;
  readonly #counts: Float64Array;
  readonly #visits: Float64Array;
  readonly #rewards: Float64Array;

  constructor(options: PosteriorSamplingOptions) {
    const rows = options.states * options.actions;
    this.#options = options;
    this.#counts = new Float64Array(rows * options.states).fill(1);
    this.#visits = new Float64Array(rows);
    this.#rewards = new Float64Array(rows);
  }

  forget(): void {
    this.#counts.fill(1);
    this.#visits.fill(0);
    this.#rewards.fill(0);
  }

  observe(state: number, action: number, reward: number, next: number): void {
    const { states, actions } = this.#options;
    const row = state * actions + action;
    this.#counts[row * states + next] = (this.#counts[row * states + next] as number) + 1;
    this.#visits[row] = (this.#visits[row] as number) + 1;
    this.#rewards[row] = (this.#rewards[row] as number) + reward;
  }

  /** Mean reward of a row under a process drawn from the belief. */
  #sampleReward(row: number, rng: Rng): number {
    const noise = Math.max(this.#options.rewardNoise, 1e-3) ** 2;
    const precision = 1 + (this.#visits[row] as number) / noise;
    const mean = (1 + (this.#rewards[row] as number) / noise) / precision;
    return mean + rng.gaussian() / Math.sqrt(precision);
  }

  /** The best of some processes drawn from the belief, by the value of state 0. */
  plan(rng: Rng): Uint16Array {
    let best = this.#solveSample(rng);
    for (let draw = 1; draw < (this.#options.draws ?? 1); draw += 1) {
      const other = this.#solveSample(rng);
      if (other.value > best.value) best = other;
    }
    return best.actions;
  }

  #solveSample(rng: Rng): Plan {
    const { states, actions, horizon } = this.#options;
    const rows = states * actions;
    const reward = Float64Array.from({ length: rows }, (_, row) => this.#sampleReward(row, rng));
    const transition = this.#counts.map((count) => gammaSample(rng, count));
    for (let row = 0; row < rows; row += 1) {
      const chances = transition.subarray(row * states, (row + 1) * states);
      const sum = chances.reduce((total, chance) => total + chance, 0);
      for (let next = 0; next < states; next += 1) chances[next] = (chances[next] as number) / sum;
    }
    return solveDense(transition, reward, states, actions, horizon);
  }
}

/** Backward induction over a dense model, [S * A * S], with rewards of (s, a). */
function solveDense(
  transition: Float64Array,
  reward: Float64Array,
  states: number,
  actions: number,
  horizon: number,
): Plan {
  const best = new Uint16Array(horizon * states);
  let later = new Float64Array(states);
  for (let time = horizon - 1; time >= 0; time -= 1) {
    const now = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
    for (let row = 0; row < states * actions; row += 1) {
      let value = reward[row] as number;
      for (let next = 0; next < states; next += 1)
        value += (transition[row * states + next] as number) * (later[next] as number);
      const state = Math.floor(row / actions);
      if (value <= (now[state] as number)) continue;
      now[state] = value;
      best[time * states + state] = row % actions;
    }
    later = now;
  }
  return { actions: best, value: later[0] as number };
}

/**
 * Posterior sampling for reinforcement learning: before each episode a process is drawn from the posterior, and its optimal
 * policy is followed through the episode. With more than one draw the most promising process is chosen: optimistic posterior
 * sampling. The prior is that of `tabularMdps` with flat Dirichlet transitions; episodes begin in state 0.
 *
 * @returns a reference: it is not told the task.
 *
 * @see Strens. A Bayesian Framework for Reinforcement Learning. ICML 2000; Osband, Russo, Van Roy. (More) Efficient
 *   Reinforcement Learning via Posterior Sampling. NeurIPS 2013. arXiv:1306.0940.
 */
export function posteriorSampling(options: PosteriorSamplingOptions) {
  const { states } = options;
  return (tasks: readonly ControlTask[], copiesPerTask: number, rng: Rng): ReferencePolicy =>
    copyPolicies(tasks, copiesPerTask, rng, (_, stream) => {
      const belief = new DirichletBelief(options);
      let plan = belief.plan(stream);
      let time = 0;
      let state = 0;
      return {
        beginEpisode(episode) {
          if (episode === 0) belief.forget();
          plan = belief.plan(stream);
          time = 0;
        },
        act({ observation }, copy) {
          state = observation.subarray(copy * states, (copy + 1) * states).indexOf(1);
          return plan[time * states + state] as number;
        },
        observe(action, { reward, observation }, copy) {
          const next = observation.subarray(copy * states, (copy + 1) * states).indexOf(1);
          belief.observe(state, action, reward[copy] as number, next);
          time += 1;
        },
      };
    });
}
