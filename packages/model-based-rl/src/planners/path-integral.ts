import { requireInRange, requireInteger, requireNonNegative, requirePositive } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { emptyPlan, finiteReturns, hostTensor, signalOf } from './plan-state.js';
import type { Planner } from './planner.js';

/** How plans are perturbed and weighed. */
export interface PathIntegralOptions {
  /** N, candidates per iteration and trial. */
  readonly candidates: number;
  /** Iterations. */
  readonly iterations: number;
  /** σ of the noise, > 0, in a box of half width 1. */
  readonly deviation: number;
  /** β in (0, 1]: n_t = β u_t + (1 − β) n_{t−1}; 1 is white noise. */
  readonly filter: number;
  /** κ ≥ 0: weight of a candidate is e^{κ R}, R standardised over the candidates of the plan. */
  readonly sharpness: number;
}

/** Noise made smooth along the horizon, [T, N, H, A]. */
function filtered(noise: Tensor, filter: number): Tensor {
  if (filter === 1) return noise;
  let last: Tensor | undefined;
  const steps = tf.unstack(noise, 2).map((drawn) => {
    const own = tf.mul(drawn, filter);
    last = last === undefined ? own : tf.add(own, tf.mul(last, 1 - filter));
    return last;
  });
  return tf.stack(steps, 2);
}

/**
 * Reward-weighted refinement with filtered noise (MPPI as in PDDM).
 *
 *     a^k_t = μ_t + n^k_t,   n^k_t = β u^k_t + (1 − β) n^k_{t−1},   μ_t ← Σ_k e^{κ R_k} a^k_t / Σ_k e^{κ R_k}
 *
 * Returns are standardised per plan, so that κ does not depend on the scale of the reward. It begins at the last plan.
 *
 * @throws `INVALID_OPTION` for a number out of range.
 * @see Nagabandi, Konolige, Levine, Kumar. Deep Dynamics Models for Learning Dexterous Manipulation. CoRL 2019, section
 * 3.2. arXiv:1909.11652.
 */
export function pathIntegral(options: PathIntegralOptions): Planner {
  const owner = 'pathIntegral';
  const count = requireInteger(owner, options, 'candidates');
  const iterations = requireInteger(owner, options, 'iterations');
  const deviation = requirePositive(owner, options, 'deviation');
  const filter = requireInRange(owner, options, 'filter', 1e-6, 1);
  const sharpness = requireNonNegative(owner, options, 'sharpness');
  return {
    iterations,
    differentiates: false,
    begin: (shape, warm) =>
      emptyPlan(shape, warm, {
        mean: hostTensor([shape.trials, shape.horizon, shape.action], warm.slice()),
      }),
    improve(state, score, rng) {
      const { mean } = state.search as { readonly mean: Tensor };
      const [trials, horizon, action] = mean.shape as [number, number, number];
      const noise = filtered(tf.mul(rng.normal([trials, count, horizon, action]), deviation), filter);
      const candidates = tf.clipByValue(tf.add(tf.expandDims(mean, 1), noise), -1, 1); // [T, N, H, A]
      const returns = finiteReturns(score(candidates)); // [T, N]
      const { mean: centre, variance } = tf.moments(returns, 1, true); // [T, 1]
      const standard = tf.div(tf.sub(returns, centre), tf.add(tf.sqrt(variance), 1e-6));
      const weights = tf.softmax(tf.mul(standard, sharpness)); // [T, N]
      const flat = tf.reshape(candidates, [trials, count, horizon * action]);
      const next = tf.reshape(tf.matMul(tf.expandDims(weights, 1), flat), [trials, horizon, action]);
      const value = tf.squeeze(score(tf.expandDims(next, 1)), [1]); // [T]
      return { plan: next, value, signal: signalOf(returns), search: { mean: next } };
    },
  };
}
