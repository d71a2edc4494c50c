import {
  requireInteger,
  requireOneOf,
  requirePositive,
  type TabularModel,
  TasklearnError,
} from '@tasklearn/core';
import { klDivergence } from '../information/kl-divergence.js';
import { bestResponse } from './best-response.js';
import { stateMarginal } from './state-marginal.js';
import { successorsOf } from './successors.js';

/** What {@link matchStateMarginal} is given. */
export interface MatchStateMarginalOptions {
  /** p*(s), [S], summing to 1; uniform where absent, which makes the entropy of states greatest. */
  readonly target?: Float64Array;
  /** H, steps of an episode. */
  readonly horizon: number;
  /** K, best responses to take, >= 1. */
  readonly iterations: number;
  /** ε > 0 of the density (ρ + ε) / (1 + S ε): keeps log ρ finite where nothing has been. Default 1e-3. */
  readonly smoothing?: number;
  /**
   * What the density is fitted to: the states of `all` policies so far (fictitious play, the default), or of the
   * `current` one alone (plain novelty seeking, which runs in circles).
   */
  readonly history?: 'all' | 'current';
  /** Weight of the newest marginal in the density: 1/k, the default, or a constant η in (0, 1]. */
  readonly stepSize?: number;
}

/** One iteration of {@link matchStateMarginal}. */
export interface MatchingIteration {
  /** KL(ρ̄ ‖ p*) of the mixture of all policies so far. */
  readonly mixtureDivergence: number;
  /** KL(ρ_π ‖ p*) of the newest policy alone. */
  readonly lastDivergence: number;
  /** Frank-Wolfe gap ⟨∇f(ρ̄), ρ̄ − ρ_new⟩ before the step: an upper bound of f(ρ̄) − min f, up to the smoothing. At first the divergence itself. */
  readonly gap: number;
}

/** What {@link matchStateMarginal} found. */
export interface StateMarginalMatch {
  /** The policies π¹..π^K, [H * S * A] each. The answer is their mixture: one is drawn for each episode. */
  readonly policies: readonly Float64Array[];
  /** Weight of each policy in the mixture, summing to 1. */
  readonly weights: Float64Array;
  /** ρ̄, the state marginal of the mixture, [S]. */
  readonly marginal: Float64Array;
  /** Marginal of the last policy alone, [S]. */
  readonly lastMarginal: Float64Array;
  readonly iterations: readonly MatchingIteration[];
}

function targetOf(model: TabularModel, target: Float64Array | undefined): Float64Array {
  if (target === undefined) return new Float64Array(model.states).fill(1 / model.states);
  const total = target.reduce((sum, p) => sum + p, 0);
  if (target.length === model.states && target.every((p) => p > 0) && Math.abs(total - 1) < 1e-6)
    return target;
  throw new TasklearnError(
    'INVALID_OPTION',
    `matchStateMarginal: \`target\` must be ${model.states} numbers > 0 that sum to 1; got ${target.length} numbers with sum ${total}. ` +
      'Give states to be avoided a small probability.',
    { key: 'target', received: target.length },
  );
}

/** log p*(s) − log ρ(s), the density smoothed. */
function marginalReward(target: Float64Array, marginal: Float64Array, smoothing: number): Float64Array {
  const total = 1 + marginal.length * smoothing;
  return target.map((p, s) => Math.log(p) - Math.log(((marginal[s] as number) + smoothing) / total));
}

const dot = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, x, index) => sum + x * (b[index] as number), 0);

/** A matching under way: each step adds one best response. */
export interface StateMarginalMatcher {
  /** One best response, and its share in the mixture. */
  step(): MatchingIteration;
  /** What has been found so far. */
  result(): StateMarginalMatch;
}

type MatcherOptions = Omit<MatchStateMarginalOptions, 'iterations'>;

/**
 * {@link matchStateMarginal} iteration by iteration.
 *
 * @param earlier - a result of the same model and options, to go on from.
 * @throws `INVALID_OPTION` for a target that is no distribution over the states, or a bad number.
 */
export function stateMarginalMatcher(
  model: TabularModel,
  options: MatcherOptions,
  earlier?: StateMarginalMatch,
): StateMarginalMatcher {
  const settings = { smoothing: 1e-3, history: 'all' as const, ...options };
  const { horizon, stepSize } = settings;
  requireInteger('matchStateMarginal', settings, 'horizon');
  const smoothing = requirePositive('matchStateMarginal', settings, 'smoothing');
  const history = requireOneOf('matchStateMarginal', settings, 'history', ['all', 'current']);
  const target = targetOf(model, options.target);
  const successors = successorsOf(model);
  const policies = [...(earlier?.policies ?? [])];
  const iterations = [...(earlier?.iterations ?? [])];
  let weights = [...(earlier?.weights ?? [])];
  let mixture = Float64Array.from(earlier?.marginal ?? new Float64Array(model.states));
  let last = Float64Array.from(earlier?.lastMarginal ?? mixture);
  return {
    step() {
      const reward = marginalReward(target, history === 'all' ? mixture : last, smoothing);
      const { policy } = bestResponse(model, { reward, horizon, successors });
      last = Float64Array.from(stateMarginal(model, policy, horizon, successors));
      const first = policies.length === 0;
      const rise = dot(reward, last) - dot(reward, mixture);
      const share = first ? 1 : (stepSize ?? 1 / (policies.length + 1));
      mixture = mixture.map((mass, s) => (1 - share) * mass + share * (last[s] as number));
      weights = [...weights.map((weight) => weight * (1 - share)), share];
      policies.push(policy);
      const [mixtureDivergence, lastDivergence] = [klDivergence(mixture, target), klDivergence(last, target)];
      const gap = first ? mixtureDivergence : rise; // A divergence exceeds its minimum by no more than itself.
      iterations.push({ mixtureDivergence, lastDivergence, gap });
      return iterations.at(-1) as MatchingIteration;
    },
    result: () => ({
      policies,
      weights: Float64Array.from(weights),
      marginal: mixture,
      lastMarginal: last,
      iterations,
    }),
  };
}

/**
 * State marginal matching with exact best responses: min over policies of KL(ρ_π ‖ p*).
 *
 * Repeat: π^k = argmax_π E_π[log p*(s) − log ρ̄(s)]; ρ̄ ← (1 − 1/k) ρ̄ + (1/k) ρ_{π^k}. The answer is the *mixture*
 * of π¹..π^K. This is the Frank-Wolfe method over the polytope of achievable marginals, so the divergence of the
 * mixture falls to its minimum at the rate log k / k, while no single iterate comes near it.
 *
 * @throws `INVALID_OPTION` for a target that is no distribution over the states, or a bad number.
 * @see Lee, Eysenbach, Parisotto, Xing, Levine, Salakhutdinov. Efficient Exploration via State Marginal Matching. 2019. arXiv:1906.05274.
 * @see Hazan, Kakade, Singh, Van Soest. Provably Efficient Maximum Entropy Exploration. ICML 2019. arXiv:1812.02690.
 */
export function matchStateMarginal(
  model: TabularModel,
  options: MatchStateMarginalOptions,
): StateMarginalMatch {
  const count = requireInteger('matchStateMarginal', options, 'iterations');
  const matcher = stateMarginalMatcher(model, options);
  for (let k = 0; k < count; k += 1) matcher.step();
  return matcher.result();
}
