import { requireInteger, type TabularModel } from '@tasklearn/core';
import { backwardInduction } from './backward-induction.js';
import { averageStateMarginal } from './state-marginals.js';

/** A concave function of the average state marginal, to be maximised. */
export interface MarginalObjective {
  /** F(d). */
  value(marginal: Float64Array): number;
  /** ∇F(d), [S]. */
  gradient(marginal: Float64Array): Float64Array;
}

/** A mixture of policies: a component is drawn when an episode begins, and kept. */
export interface MarginalSolution {
  /** π_t(a | s) of each component, [H * S * A]. */
  readonly policies: readonly Float64Array[];
  /** Of the components, summing to 1. */
  readonly weights: readonly number[];
  /** The average state marginal of the mixture, [S]. */
  readonly marginal: Float64Array;
  /** F after each iteration. */
  readonly objective: readonly number[];
  /** Upper bound of what is still to be gained, ⟨∇F(d), d_best − d⟩, after each iteration. */
  readonly gaps: readonly number[];
}

/** The model with a reward for being in each state at times 1 .. H, as `r(s, a, s′) = reward[s′]`. */
function rewardedByState(model: TabularModel, rewards: Float64Array): TabularModel {
  const reward = new Float64Array(model.transition.length);
  for (let index = 0; index < reward.length; index += 1)
    reward[index] = rewards[index % model.states] as number;
  return { ...model, reward };
}

/**
 * Frank-Wolfe over the state marginals that policies of H steps can have, a convex set whose corners are deterministic
 * policies: d_{k+1} = d_k + 2 / (k + 2) (d_best − d_k), where d_best is the marginal of the policy that maximises the linear
 * reward ∇F(d_k). The result is the mixture of those policies.
 *
 * Terminal states are taken as absorbing: mass stays there and goes on counting.
 *
 * @throws `INVALID_OPTION` for a number of iterations or steps that is no integer ≥ 1.
 * @see Hazan, Kakade, Singh, Van Soest. Provably Efficient Maximum Entropy Exploration. ICML 2019. arXiv:1812.02690.
 */
export function frankWolfe(
  model: TabularModel,
  objective: MarginalObjective,
  options: { readonly horizon: number; readonly iterations: number },
): MarginalSolution {
  const { horizon, iterations } = options;
  requireInteger('frankWolfe', options, 'horizon');
  requireInteger('frankWolfe', options, 'iterations');
  const absorbing: TabularModel = { ...model, terminal: new Uint8Array(model.states) };
  const policies: Float64Array[] = [];
  let weights: number[] = [];
  let marginal: Float64Array = new Float64Array(model.states).fill(1 / model.states);
  const values: number[] = [];
  const gaps: number[] = [];
  for (let k = 0; k < iterations; k += 1) {
    const slope = objective.gradient(marginal);
    const { policy } = backwardInduction(rewardedByState(absorbing, slope), { horizon });
    const corner = averageStateMarginal(absorbing, policy, horizon);
    gaps.push(
      corner.reduce((sum, mass, s) => sum + (slope[s] as number) * (mass - (marginal[s] as number)), 0),
    );
    const step = 2 / (k + 2); // 1 at first: the uniform start need not be reachable.
    marginal = marginal.map((mass, s) => mass + step * ((corner[s] as number) - mass));
    weights = [...weights.map((weight) => weight * (1 - step)), step];
    policies.push(policy);
    values.push(objective.value(marginal));
  }
  return { policies, weights, marginal, objective: values, gaps };
}

/** Entropy of the marginal: visit everything. Its gradient is −1 − log d, with d ≥ 1e-12 under the logarithm. */
export const entropyObjective: MarginalObjective = {
  value: (marginal) => -marginal.reduce((sum, d) => sum + (d > 0 ? d * Math.log(d) : 0), 0),
  gradient: (marginal) => marginal.map((d) => -1 - Math.log(Math.max(d, 1e-12))),
};

/** −KL(d ‖ target): visit as a target does. */
export function matchingObjective(target: Float64Array): MarginalObjective {
  const ratio = (d: number, state: number) =>
    Math.log(Math.max(d, 1e-12)) - Math.log(Math.max(target[state] as number, 1e-12));
  return {
    value: (marginal) => -marginal.reduce((sum, d, state) => sum + (d > 0 ? d * ratio(d, state) : 0), 0),
    gradient: (marginal) => marginal.map((d, state) => -1 - ratio(d, state)),
  };
}
