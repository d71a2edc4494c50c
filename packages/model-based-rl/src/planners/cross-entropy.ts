import { requireInRange, requireInteger, requireNonNegative, requirePositive } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { better, emptyPlan, finiteReturns, hostTensor, plansAt, signalOf } from './plan-state.js';
import type { Planner, PlanState } from './planner.js';

/** How the search distribution is fitted. */
export interface CrossEntropyOptions {
  /** N, candidates per iteration and trial. */
  readonly candidates: number;
  /** k ≤ N, candidates that the next distribution is fitted to. */
  readonly elites: number;
  /** Iterations. */
  readonly iterations: number;
  /** σ at the first iteration, > 0, in a box of half width 1. */
  readonly deviation: number;
  /** Smallest σ, ≥ 0. */
  readonly minimumDeviation: number;
  /** Share of the old mean and variance that is kept, in [0, 1). */
  readonly smoothing: number;
  /** Executed: the `best` plan seen, or the `mean` of the last distribution. */
  readonly executes: 'best' | 'mean';
}

/** Mean and σ of the search, [T, H, A] each. */
type Search = { readonly mean: Tensor; readonly deviation: Tensor };

/**
 * The cross-entropy method: a Gaussian over action sequences is fitted to the k best of its own N samples, I times.
 *
 *     u^i ~ N(μ, diag σ²), clipped to the box;   μ, σ² ← smoothing · old + (1 − smoothing) · mean, variance of the k best
 *
 * It begins at the last plan, moved on by what has been executed (warm start). With `executes: 'mean'` the value that is
 * reported is that of the mean under the model, which costs one candidate.
 *
 * @throws `INVALID_OPTION` for a number out of range.
 * @see Rubinstein, Kroese. The Cross-Entropy Method. Springer, 2004; Chua et al. NeurIPS 2018, Algorithm 1.
 */
export function crossEntropy(options: CrossEntropyOptions): Planner {
  const owner = 'crossEntropy';
  const count = requireInteger(owner, options, 'candidates');
  const kept = requireInteger(owner, options, 'elites', 1, count);
  const iterations = requireInteger(owner, options, 'iterations');
  const first = requirePositive(owner, options, 'deviation');
  const least = requireNonNegative(owner, options, 'minimumDeviation');
  const smoothing = requireInRange(owner, options, 'smoothing', 0, 0.999);
  const mix = (old: Tensor, fitted: Tensor) =>
    smoothing === 0 ? fitted : tf.add(tf.mul(old, smoothing), tf.mul(fitted, 1 - smoothing));

  const improve: Planner['improve'] = (state, score, rng) => {
    const { mean, deviation } = state.search as Search;
    const [trials, horizon, action] = mean.shape as [number, number, number];
    const noise = rng.normal([trials, count, horizon, action]);
    const drawn = tf.add(tf.expandDims(mean, 1), tf.mul(noise, tf.expandDims(deviation, 1)));
    const candidates = tf.clipByValue(drawn, -1, 1); // [T, N, H, A]
    const returns = finiteReturns(score(candidates)); // [T, N]
    const { indices } = tf.topk(returns, kept);
    const { mean: centre, variance } = tf.moments(plansAt(candidates, indices), 1); // [T, H, A]
    const nextMean = mix(mean, centre);
    const nextDeviation = tf.maximum(tf.sqrt(mix(tf.square(deviation), variance)), least);
    const search = { mean: nextMean, deviation: nextDeviation };
    const signal = signalOf(returns);
    if (options.executes === 'best') return { ...better(state, candidates, returns), signal, search };
    const value = tf.squeeze(score(tf.expandDims(nextMean, 1)), [1]); // [T]
    return { plan: nextMean, value, signal, search } satisfies PlanState;
  };

  return {
    iterations,
    differentiates: false,
    begin(shape, warm) {
      const dimensions = [shape.trials, shape.horizon, shape.action];
      return emptyPlan(shape, warm, {
        mean: hostTensor(dimensions, warm.slice()),
        deviation: hostTensor(dimensions, new Float32Array(warm.length).fill(first)),
      });
    },
    improve,
  };
}
