import type { TabularModel } from '@tasklearn/core';

/**
 * Q(s, a) = Σ_{s′} p(s′ | s, a) (r(s, a, s′) + γ V(s′)), with V = 0 at terminal states and Q = 0 out of them.
 *
 * @param values - V, [S].
 * @param gamma - γ in [0, 1].
 * @returns [S * A], the caller's.
 */
export function actionValues(model: TabularModel, values: Float64Array, gamma: number): Float64Array {
  const { states, actions, transition, reward, terminal } = model;
  const result = new Float64Array(states * actions);
  for (let state = 0; state < states; state += 1) {
    if (terminal[state] === 1) continue;
    for (let pair = state * actions; pair < (state + 1) * actions; pair += 1) {
      let sum = 0;
      for (let next = 0; next < states; next += 1) {
        const probability = transition[pair * states + next] as number;
        if (probability === 0) continue;
        const later = terminal[next] === 1 ? 0 : gamma * (values[next] as number);
        sum += probability * ((reward[pair * states + next] as number) + later);
      }
      result[pair] = sum;
    }
  }
  return result;
}

/** max_a Q(s, a), or with a temperature α > 0: α log Σ_a exp(Q(s, a) / α); [S]. 0 at terminal states. */
export function valuesOfActions(
  { states, actions, terminal }: TabularModel,
  actionValue: Float64Array,
  temperature = 0,
): Float64Array {
  const result = new Float64Array(states);
  for (let state = 0; state < states; state += 1) {
    if (terminal[state] === 1) continue;
    const row = actionValue.subarray(state * actions, (state + 1) * actions);
    const best = Math.max(...row);
    result[state] =
      temperature === 0
        ? best
        : best + temperature * Math.log(row.reduce((sum, q) => sum + Math.exp((q - best) / temperature), 0));
  }
  return result;
}

/**
 * Greedy in Q (the first of equals), or with a temperature π ∝ exp(Q / α); probabilities [S * A].
 */
export function policyOfActionValues(
  { states, actions }: TabularModel,
  actionValue: Float64Array,
  temperature = 0,
): Float64Array {
  const policy = new Float64Array(states * actions);
  for (let state = 0; state < states; state += 1) {
    const row = actionValue.subarray(state * actions, (state + 1) * actions);
    const best = Math.max(...row);
    if (temperature === 0) {
      policy[state * actions + row.indexOf(best)] = 1;
      continue;
    }
    const weights = row.map((q) => Math.exp((q - best) / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    policy.set(
      weights.map((weight) => weight / total),
      state * actions,
    );
  }
  return policy;
}
