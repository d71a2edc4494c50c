import type { Trajectory } from '@tasklearn/core';
import type { PlanReport } from './planning-agent.js';

/** How predictions compare with what came. */
export interface Exploitation {
  /** Mean predicted return of the plans made. */
  readonly predictedReturn: number;
  /** Mean return over the same steps. */
  readonly realReturn: number;
  /** predicted − real: what the planner got out of the model's errors. */
  readonly exploitationGap: number;
  /** Share of plans none of whose candidates differed in predicted return: no signal, not a plan. */
  readonly withoutSignal: number;
}

/** Below this, relative to the return, candidates count as equal. */
const NO_DIFFERENCE = 1e-6;

/** Discounted sum of the rewards from a step on, over the horizon or to the end. */
function realised(rewards: Float32Array, from: number, horizon: number, discount: number): number {
  let [sum, factor] = [0, 1];
  for (let step = from; step < Math.min(rewards.length, from + horizon); step += 1) {
    sum += factor * (rewards[step] as number);
    factor *= discount;
  }
  return sum;
}

/**
 * Compares the predicted return of every plan with the return over the same steps, for plans whose horizon the episode
 * reached or that ended by termination. Under replanning the return is that of the plans that followed, at least as good
 * as this one's under a true model: a positive gap is the model's doing.
 *
 * @param reports - one per step of the lock-stepped episodes, `undefined` where no plan was made.
 */
export function exploitation(
  reports: readonly (PlanReport | undefined)[],
  trajectories: readonly Trajectory[],
  horizon: number,
  discount: number,
): Exploitation {
  let [predicted, real, plans, silent] = [0, 0, 0, 0];
  for (const [step, report] of reports.entries()) {
    if (report === undefined) continue;
    for (const [trial, trajectory] of trajectories.entries()) {
      const reached =
        step + horizon <= trajectory.length || (trajectory.terminated && step < trajectory.length);
      if (!reached) continue;
      const value = report.values[trial] as number;
      predicted += value;
      real += realised(trajectory.rewards, step, horizon, discount);
      plans += 1;
      if ((report.signals[trial] as number) <= NO_DIFFERENCE * (1 + Math.abs(value))) silent += 1;
    }
  }
  const [predictedReturn, realReturn] = [predicted / plans, real / plans];
  return {
    predictedReturn,
    realReturn,
    exploitationGap: predictedReturn - realReturn,
    withoutSignal: silent / plans,
  };
}
