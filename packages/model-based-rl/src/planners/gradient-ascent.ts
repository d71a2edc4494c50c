import { fillNormal, requireInteger, requirePositive } from '@tasklearn/core';
import { adam, gradients, tanh } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { better, emptyPlan, finiteReturns, hostTensor, signalOf } from './plan-state.js';
import type { Planner } from './planner.js';

/** How plans climb. */
export interface GradientAscentOptions {
  /** Plans per trial, from different starts; the first starts at the last plan. */
  readonly restarts: number;
  /** Steps of Adam. */
  readonly iterations: number;
  /** Of Adam, > 0. */
  readonly learningRate: number;
  /** σ of the starts before the tanh, > 0. */
  readonly deviation: number;
}

/** Packed plans before the tanh and Adam's sums, [T * N * H * A] each, and the count of steps, []. */
type Search = {
  readonly raw: Tensor;
  readonly sum: Tensor;
  readonly sumOfSquares: Tensor;
  readonly step: Tensor;
};

/** Where atanh is cut off. */
const LARGEST_START = 0.999;

/**
 * Gradient ascent on the predicted return through the unrolled model: u = tanh(x), x ← x + Adam(∇_x Σ R(tanh x)), from
 * several starts, of which the best plan seen is kept.
 *
 * It is as good as the model is smooth: where the model's (or the reward's) derivative is zero it stays where it is.
 *
 * @throws `INVALID_OPTION` for a number out of range.
 */
export function gradientAscent(options: GradientAscentOptions): Planner {
  const owner = 'gradientAscent';
  const restarts = requireInteger(owner, options, 'restarts');
  const iterations = requireInteger(owner, options, 'iterations');
  const learningRate = requirePositive(owner, options, 'learningRate');
  const deviation = requirePositive(owner, options, 'deviation');
  const optimizer = adam({ learningRate });
  return {
    iterations,
    differentiates: true,
    begin(shape, warm, rng) {
      const { trials, horizon, action } = shape;
      const length = horizon * action;
      const raw = fillNormal(rng, new Float32Array(trials * restarts * length));
      for (const [index, value] of raw.entries()) raw[index] = value * deviation;
      for (let trial = 0; trial < trials; trial += 1) {
        for (let index = 0; index < length; index += 1) {
          const start = warm[trial * length + index] as number;
          const inside = Math.max(-LARGEST_START, Math.min(LARGEST_START, start));
          raw[trial * restarts * length + index] = Math.atanh(inside);
        }
      }
      const zeros = () => hostTensor([raw.length], new Float32Array(raw.length));
      const search = {
        raw: hostTensor([raw.length], raw),
        sum: zeros(),
        sumOfSquares: zeros(),
        step: hostTensor([], new Float32Array(1)),
      };
      return emptyPlan(shape, warm, search);
    },
    improve(state, score) {
      const { raw, sum, sumOfSquares, step } = state.search as Search;
      const [trials, horizon, action] = state.plan.shape as [number, number, number];
      const plansOf = (x: Tensor) => tf.reshape(tanh(x), [trials, restarts, horizon, action]);
      const ascent = gradients((x: Tensor) => tf.neg(tf.sum(score(plansOf(x)))).asScalar() as Scalar, raw);
      const moved = optimizer.update(ascent, { sum, sumOfSquares }, raw, step);
      const next = tf.add(raw, moved.change);
      const candidates = plansOf(next);
      const returns = finiteReturns(score(candidates));
      const search = { raw: next, ...(moved.state as object), step: tf.add(step, 1) } as Search;
      return { ...better(state, candidates, returns), signal: signalOf(returns), search };
    },
  };
}
