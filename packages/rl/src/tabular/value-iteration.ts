import { requireInRange, requireNonNegative, requirePositive, type TabularModel } from '@tasklearn/core';
import { actionValues, policyOfActionValues, valuesOfActions } from './action-values.js';

/** How far a fixed point is pursued. */
export interface ValueIterationOptions {
  /** γ in [0, 1]; 1 converges only where every policy ends. */
  readonly gamma: number;
  /** Stop once no value changes by more, > 0. Default 1e-10. */
  readonly tolerance?: number;
  /** Default 100,000. */
  readonly maximumIterations?: number;
  /** α ≥ 0 of the entropy that is earned besides rewards: 0, the default, for hard maxima. */
  readonly temperature?: number;
}

/** A solved decision process. */
export interface TabularSolution {
  /** V, [S]. */
  readonly values: Float64Array;
  /** Q, [S * A]. */
  readonly actionValues: Float64Array;
  /** π(a | s), [S * A]: greedy, or soft where there is a temperature. */
  readonly policy: Float64Array;
  /** Largest change of a value in each sweep. */
  readonly residuals: readonly number[];
}

/**
 * Value iteration: V ← max_a Q(V), or soft: V ← α log Σ_a exp(Q(V) / α), a contraction at rate γ.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { valueIteration } from '@tasklearn/rl';
 *
 * // One state, two actions of reward 0 and 1, for ever.
 * const model = {
 *   states: 1,
 *   actions: 2,
 *   initial: Float64Array.of(1),
 *   transition: Float64Array.of(1, 1),
 *   reward: Float64Array.of(0, 1),
 *   terminal: Uint8Array.of(0),
 * };
 * Math.round(valueIteration(model, { gamma: 0.9 }).values[0]); // => 10
 * ```
 *
 * @see Bellman. Dynamic Programming. 1957; the soft form: Ziebart. Modeling Purposeful Adaptive Behavior with the
 * Principle of Maximum Causal Entropy. 2010.
 */
export function valueIteration(model: TabularModel, options: ValueIterationOptions): TabularSolution {
  const { gamma, tolerance = 1e-10, maximumIterations = 100_000, temperature = 0 } = options;
  requireInRange('valueIteration', { gamma }, 'gamma', 0, 1);
  requirePositive('valueIteration', { tolerance }, 'tolerance');
  requireNonNegative('valueIteration', { temperature }, 'temperature');
  let values: Float64Array = new Float64Array(model.states);
  const residuals: number[] = [];
  for (let iteration = 0; iteration < maximumIterations; iteration += 1) {
    const next = valuesOfActions(model, actionValues(model, values, gamma), temperature);
    residuals.push(
      next.reduce((most, value, s) => Math.max(most, Math.abs(value - (values[s] as number))), 0),
    );
    values = next;
    if ((residuals[iteration] as number) <= tolerance) break;
  }
  const last = actionValues(model, values, gamma);
  return { values, actionValues: last, policy: policyOfActionValues(model, last, temperature), residuals };
}
