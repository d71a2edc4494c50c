import type { HostTensor, Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { PlanShape, PlanState } from './planner.js';

/** Below any return that is taken seriously: what a plan is worth whose prediction is not finite. */
const WORTHLESS = -1e9;

/** A float32 tensor on the host. */
export function hostTensor(shape: readonly number[], data: Float32Array): HostTensor {
  return { dtype: 'float32', shape, data };
}

/** Nothing found yet: any plan is better. */
export function emptyPlan(
  { trials, horizon, action }: PlanShape,
  warm: Float32Array,
  search: Tree<HostTensor>,
): PlanState<HostTensor> {
  return {
    plan: hostTensor([trials, horizon, action], warm.slice()),
    value: hostTensor([trials], new Float32Array(trials).fill(10 * WORTHLESS)),
    signal: hostTensor([trials], new Float32Array(trials)),
    search,
  };
}

/** Returns with those that are not finite put below all others. */
export function finiteReturns(returns: Tensor): Tensor {
  return tf.where(tf.less(tf.abs(returns), -WORTHLESS), returns, tf.fill(returns.shape, WORTHLESS));
}

/** Best minus worst, [T, N] → [T]. */
export function signalOf(returns: Tensor): Tensor {
  return tf.sub(tf.max(returns, 1), tf.min(returns, 1));
}

/** Plans at indices [T, k] of candidates [T, N, H, A] → [T, k, H, A]. */
export function plansAt(candidates: Tensor, indices: Tensor): Tensor {
  const [trials, count, horizon, action] = candidates.shape as [number, number, number, number];
  const [, kept] = indices.shape as [number, number];
  const offsets = tf.mul(tf.range(0, trials, 1, 'int32'), tf.scalar(count, 'int32'));
  const flat = tf.reshape(tf.add(indices, tf.expandDims(offsets, 1)), [trials * kept]);
  const rows = tf.gather(tf.reshape(candidates, [trials * count, horizon * action]), tf.cast(flat, 'int32'));
  return tf.reshape(rows, [trials, kept, horizon, action]);
}

/** The better of what was known and the best candidate of this iteration, per trial. */
export function better(
  state: PlanState,
  candidates: Tensor,
  returns: Tensor,
): Pick<PlanState, 'plan' | 'value'> {
  const { values, indices } = tf.topk(returns, 1);
  const found = tf.squeeze(plansAt(candidates, indices), [1]); // [T, H, A]
  const value = tf.squeeze(values, [1]); // [T]
  const wins = tf.greater(value, state.value);
  const [trials] = value.shape as [number];
  const chosen = tf.cast(tf.reshape(wins, [trials, 1, 1]), 'float32');
  return {
    plan: tf.add(tf.mul(found, chosen), tf.mul(state.plan, tf.sub(1, chosen))),
    value: tf.maximum(value, state.value),
  };
}
