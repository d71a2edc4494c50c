import type { TabularModel } from '@tasklearn/core';
import { actionValues } from './action-values.js';
import { stateMarginals } from './state-marginals.js';

/** π(a | s) = softmax(θ_s)_a, [S * A]. */
export function softmaxPolicy(model: TabularModel, theta: Float64Array): Float64Array {
  const { states, actions } = model;
  const policy = new Float64Array(states * actions);
  for (let state = 0; state < states; state += 1) {
    const row = theta.subarray(state * actions, (state + 1) * actions);
    const best = Math.max(...row);
    const weights = row.map((value) => Math.exp(value - best));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    policy.set(
      weights.map((weight) => weight / total),
      state * actions,
    );
  }
  return policy;
}

/** What a policy earns in H steps, and how that changes with its parameters. */
export interface ExactPolicyGradient {
  /** J = E[Σ_t γ^t r_t]. */
  readonly expectedReturn: number;
  /** ∂J / ∂θ, [S * A]. */
  readonly gradient: Float64Array;
  /** V_t, [(H + 1) * S]. */
  readonly values: Float64Array;
  /** Q_t, [H * S * A]. */
  readonly actionValues: Float64Array;
}

/**
 * The expected return of a softmax policy over H steps and its gradient, exactly:
 *
 * ∂J / ∂θ_{s,a} = Σ_t γ^t d_t(s) π(a | s) (Q_t(s, a) − V_t(s))
 *
 * @param theta - logits, [S * A].
 * @see Sutton, McAllester, Singh, Mansour. Policy Gradient Methods for Reinforcement Learning. NeurIPS 1999.
 */
export function exactPolicyGradient(
  model: TabularModel,
  theta: Float64Array,
  options: { readonly horizon: number; readonly gamma?: number },
): ExactPolicyGradient {
  const { horizon, gamma = 1 } = options;
  const { states, actions, terminal, initial } = model;
  const pairs = states * actions;
  const policy = softmaxPolicy(model, theta);
  const values = new Float64Array((horizon + 1) * states);
  const all = new Float64Array(horizon * pairs);
  for (let time = horizon - 1; time >= 0; time -= 1) {
    const found = actionValues(model, values.subarray((time + 1) * states, (time + 2) * states), gamma);
    all.set(found, time * pairs);
    for (let pair = 0; pair < pairs; pair += 1) {
      const at = time * states + Math.floor(pair / actions);
      values[at] = (values[at] as number) + (policy[pair] as number) * (found[pair] as number);
    }
  }
  const marginals = stateMarginals(model, policy, horizon);
  const gradient = new Float64Array(pairs);
  for (let time = 0; time < horizon; time += 1)
    for (let pair = 0; pair < pairs; pair += 1) {
      const state = Math.floor(pair / actions);
      if (terminal[state] === 1) continue;
      const advantage = (all[time * pairs + pair] as number) - (values[time * states + state] as number);
      const weight = gamma ** time * (marginals[time * states + state] as number);
      gradient[pair] = (gradient[pair] as number) + weight * (policy[pair] as number) * advantage;
    }
  const expectedReturn = initial.reduce((sum, mass, state) => sum + mass * (values[state] as number), 0);
  return { expectedReturn, gradient, values, actionValues: all };
}
