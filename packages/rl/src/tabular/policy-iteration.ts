import type { TabularModel } from '@tasklearn/core';
import { actionValues, policyOfActionValues } from './action-values.js';
import { solveLinear } from './solve-linear.js';
import type { TabularSolution } from './value-iteration.js';

/** p(s′ | s) under a policy, [S * S], 0 out of and into terminal states; and the expected reward of each state, [S]. */
export function chainOfPolicy(
  { states, actions, transition, reward, terminal }: TabularModel,
  policy: Float64Array,
): { readonly chain: Float64Array; readonly rewards: Float64Array } {
  const chain = new Float64Array(states * states);
  const rewards = new Float64Array(states);
  for (let state = 0; state < states; state += 1) {
    if (terminal[state] === 1) continue;
    for (let pair = state * actions; pair < (state + 1) * actions; pair += 1)
      for (let next = 0; next < states; next += 1) {
        const mass = (policy[pair] as number) * (transition[pair * states + next] as number);
        rewards[state] = (rewards[state] as number) + mass * (reward[pair * states + next] as number);
        if (terminal[next] !== 1)
          chain[state * states + next] = (chain[state * states + next] as number) + mass;
      }
  }
  return { chain, rewards };
}

/**
 * V of a policy, exactly: (I − γ P_π) V = r_π.
 *
 * @param policy - π(a | s), [S * A].
 * @returns [S], 0 at terminal states.
 * @throws `NOT_FINITE` for γ = 1 where the policy may never end.
 */
export function policyValues(model: TabularModel, policy: Float64Array, gamma: number): Float64Array {
  const { states } = model;
  const { chain, rewards } = chainOfPolicy(model, policy);
  const system = chain.map((mass, index) => (index % (states + 1) === 0 ? 1 : 0) - gamma * mass);
  return solveLinear(system, rewards);
}

/**
 * Policy iteration: evaluate exactly, be greedy, until nothing changes.
 *
 * @returns as {@link TabularSolution}; `residuals` are the largest gains of the rounds.
 * @see Howard. Dynamic Programming and Markov Processes. 1960.
 */
export function policyIteration(model: TabularModel, options: { readonly gamma: number }): TabularSolution {
  const { gamma } = options;
  const { states, actions } = model;
  let policy: Float64Array = new Float64Array(states * actions);
  for (let state = 0; state < states; state += 1) policy[state * actions] = 1;
  const residuals: number[] = [];
  for (;;) {
    const values = policyValues(model, policy, gamma);
    const found = actionValues(model, values, gamma);
    const greedy = policyOfActionValues(model, found);
    const own = (state: number) => {
      const row = policy.subarray(state * actions, (state + 1) * actions);
      return found[state * actions + row.indexOf(1)] as number;
    };
    let gain = 0;
    for (let state = 0; state < states; state += 1) {
      const row = found.subarray(state * actions, (state + 1) * actions);
      const better = Math.max(...row) - own(state);
      gain = Math.max(gain, better);
      // Rounding must not make equals take turns.
      if (better <= 1e-12)
        greedy.set(policy.subarray(state * actions, (state + 1) * actions), state * actions);
    }
    residuals.push(gain);
    if (gain <= 1e-12) return { values, actionValues: found, policy, residuals };
    policy = greedy;
  }
}
