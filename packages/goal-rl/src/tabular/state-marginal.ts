import type { TabularModel } from '@tasklearn/core';
import { type Successors, successorsOf } from './successors.js';

/**
 * How often a policy is in each state: ρ_π(s) = (1/H) Σ_{t=1..H} P(s_t = s), s_t the state after step t.
 *
 * @param policy - π_t(a|s), [H * S * A].
 * @param horizon - H, steps of an episode.
 * @param successors - transitions without zeros, where they are at hand.
 * @returns [S], summing to 1.
 */
export function stateMarginal(
  model: TabularModel,
  policy: Float64Array,
  horizon: number,
  successors: Successors = successorsOf(model),
): Float64Array {
  const { states, actions } = model;
  const { start, state, probability } = successors;
  const marginal = new Float64Array(states);
  let now = Float64Array.from(model.initial);
  for (let time = 0; time < horizon; time += 1) {
    const next = new Float64Array(states);
    for (let row = 0; row < states * actions; row += 1) {
      const mass =
        (now[Math.floor(row / actions)] as number) * (policy[time * states * actions + row] as number);
      if (mass === 0) continue;
      for (let entry = start[row] as number; entry < (start[row + 1] as number); entry += 1) {
        const to = state[entry] as number;
        next[to] = (next[to] as number) + mass * (probability[entry] as number);
      }
    }
    for (let s = 0; s < states; s += 1) marginal[s] = (marginal[s] as number) + (next[s] as number) / horizon;
    now = next;
  }
  return marginal;
}

/** The policy that takes every action equally often, π_t(a|s), [H * S * A]. */
export function uniformPolicy({ states, actions }: TabularModel, horizon: number): Float64Array {
  return new Float64Array(horizon * states * actions).fill(1 / actions);
}
