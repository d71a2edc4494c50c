import type { TabularModel } from '@tasklearn/core';
import { chainOfPolicy } from './policy-iteration.js';
import { solveLinear } from './solve-linear.js';

/** A policy's probabilities at one time: those of that time, or the same at all times. */
function policyAt(policy: Float64Array, time: number, pairs: number): Float64Array {
  return policy.length === pairs ? policy : policy.subarray(time * pairs, (time + 1) * pairs);
}

/**
 * Where a policy is: d_t(s), exactly, t = 0 .. H. Mass that has reached a terminal state stays there.
 *
 * @param policy - π(a | s) [S * A], or by time [H * S * A].
 * @param horizon - H ≥ 0.
 * @returns [(H + 1) * S]; every row sums to 1.
 */
export function stateMarginals(model: TabularModel, policy: Float64Array, horizon: number): Float64Array {
  const { states, actions, initial, transition, terminal } = model;
  const marginals = new Float64Array((horizon + 1) * states);
  marginals.set(initial);
  for (let time = 0; time < horizon; time += 1) {
    const pi = policyAt(policy, time, states * actions);
    const now = marginals.subarray(time * states, (time + 1) * states);
    const next = marginals.subarray((time + 1) * states, (time + 2) * states);
    for (let state = 0; state < states; state += 1) {
      const mass = now[state] as number;
      if (mass === 0) continue;
      if (terminal[state] === 1) {
        next[state] = (next[state] as number) + mass;
        continue;
      }
      for (let pair = state * actions; pair < (state + 1) * actions; pair += 1)
        for (let to = 0; to < states; to += 1)
          next[to] =
            (next[to] as number) + mass * (pi[pair] as number) * (transition[pair * states + to] as number);
    }
  }
  return marginals;
}

/** The mean of the rows of {@link stateMarginals}: how much of an episode of H steps is spent where; [S]. */
export function averageStateMarginal(
  model: TabularModel,
  policy: Float64Array,
  horizon: number,
): Float64Array {
  const all = stateMarginals(model, policy, horizon);
  const average = new Float64Array(model.states);
  all.forEach((mass, index) => {
    average[index % model.states] = (average[index % model.states] as number) + mass / (horizon + 1);
  });
  return average;
}

/**
 * Discounted visits: (1 − γ) Σ_t γ^t d_t(s) of states in which an action is taken; terminal ones count 0.
 *
 * @param gamma - γ in [0, 1).
 * @returns [S].
 */
export function discountedStateMarginal(
  model: TabularModel,
  policy: Float64Array,
  gamma: number,
): Float64Array {
  const { states, initial, terminal } = model;
  const { chain } = chainOfPolicy(model, policy);
  const system = new Float64Array(states * states); // I − γ Pᵀ
  for (let from = 0; from < states; from += 1)
    for (let to = 0; to < states; to += 1)
      system[to * states + from] = (from === to ? 1 : 0) - gamma * (chain[from * states + to] as number);
  const start = initial.map((mass, state) => (terminal[state] === 1 ? 0 : (1 - gamma) * mass));
  return solveLinear(system, start);
}
