import { requireInteger, requireNonNegative, type TabularModel } from '@tasklearn/core';
import { actionValues, policyOfActionValues, valuesOfActions } from './action-values.js';

/** Values and policies by time. */
export interface FiniteHorizonSolution {
  /** V_t, t = 0 .. H; [(H + 1) * S]. V_H = 0. */
  readonly values: Float64Array;
  /** Q_t, [H * S * A]. */
  readonly actionValues: Float64Array;
  /** π_t(a | s), [H * S * A]. */
  readonly policy: Float64Array;
}

/** What {@link backwardInduction} solves. */
export interface BackwardInductionOptions {
  /** H ≥ 1 steps. */
  readonly horizon: number;
  /** γ in [0, 1]. Default 1. */
  readonly gamma?: number;
  /** α ≥ 0 of the entropy earned besides rewards. Default 0. */
  readonly temperature?: number;
}

/**
 * The best that can be done in H steps, time by time from the last: V_t = max_a Q_t, or α log Σ_a exp(Q_t / α).
 *
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function backwardInduction(
  model: TabularModel,
  options: BackwardInductionOptions,
): FiniteHorizonSolution {
  const { horizon, gamma = 1, temperature = 0 } = options;
  requireInteger('backwardInduction', { horizon }, 'horizon');
  requireNonNegative('backwardInduction', { temperature }, 'temperature');
  const { states, actions } = model;
  const pairs = states * actions;
  const values = new Float64Array((horizon + 1) * states);
  const all = new Float64Array(horizon * pairs);
  const policy = new Float64Array(horizon * pairs);
  for (let time = horizon - 1; time >= 0; time -= 1) {
    const found = actionValues(model, values.subarray((time + 1) * states, (time + 2) * states), gamma);
    all.set(found, time * pairs);
    values.set(valuesOfActions(model, found, temperature), time * states);
    policy.set(policyOfActionValues(model, found, temperature), time * pairs);
  }
  return { values, actionValues: all, policy };
}
