import { requireInteger } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { better, emptyPlan, finiteReturns, signalOf } from './plan-state.js';
import type { Planner } from './planner.js';

/** How many plans are tried. */
export interface RandomShootingOptions {
  /** N, candidates per trial. */
  readonly candidates: number;
}

/**
 * Draws N action sequences uniformly from the box and keeps the best.
 *
 * @throws `INVALID_OPTION` for fewer than one candidate.
 * @see Nagabandi, Kahn, Fearing, Levine. Neural Network Dynamics for Model-Based Deep Reinforcement Learning with
 * Model-Free Fine-Tuning. ICRA 2018, section IV.C. arXiv:1708.02596.
 */
export function randomShooting(options: RandomShootingOptions): Planner {
  const count = requireInteger('randomShooting', options, 'candidates');
  return {
    iterations: 1,
    differentiates: false,
    begin: (shape, warm) => emptyPlan(shape, warm, {}),
    improve(state, score, rng) {
      const [trials, horizon, action] = state.plan.shape as [number, number, number];
      const candidates = tf.sub(tf.mul(rng.uniform([trials, count, horizon, action]), 2), 1);
      const returns = finiteReturns(score(candidates)); // [T, N]
      return { ...better(state, candidates, returns), signal: signalOf(returns), search: state.search };
    },
  };
}
