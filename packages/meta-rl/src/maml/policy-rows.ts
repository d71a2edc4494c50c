import type { ActionLimits } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Sizes of packed decisions: rows [T, E · H, W] of whole episodes, padded. */
export interface PolicyRowLayout {
  /** O. */
  readonly observationSize: number;
  /** A, 1 for an index. */
  readonly actionSize: number;
  /** E. */
  readonly episodes: number;
  /** H. */
  readonly horizon: number;
  /** Continuous actions are kept in units of their reach around their centre, so that σ = 1 explores it. */
  readonly limits?: ActionLimits;
  /** W = O + A + 5: advantage, log π when acting, mask, discounted reward, discounted baseline. */
  readonly width: number;
}

/** Decisions as tensors; [T, B] each where nothing else is said, B = E · H. */
export interface Decisions {
  /** [T, B, O]. */
  readonly observations: Tensor;
  /** [T, B, A]. */
  readonly actions: Tensor;
  readonly advantages: Tensor;
  readonly oldLogProbability: Tensor;
  readonly mask: Tensor;
  /** γ^h r_h, divided by H. */
  readonly rewards: Tensor;
  /** γ^h b(s_h), divided by H. */
  readonly baseline: Tensor;
}

/** The layout for episodes of an environment. */
export function policyRowLayout(
  observationSize: number,
  actionSize: number,
  episodes: number,
  horizon: number,
  limits?: ActionLimits,
): PolicyRowLayout {
  const width = observationSize + actionSize + 5;
  const sizes = { observationSize, actionSize, episodes, horizon, width };
  return limits === undefined ? sizes : { ...sizes, limits };
}

/** The fields of rows [T, B, W]. Recordable. */
export function decisionsOf(rows: Tensor, { observationSize, actionSize }: PolicyRowLayout): Decisions {
  const [tasks, items] = rows.shape as [number, number, number];
  const part = (first: number, count: number) => tf.slice(rows, [0, 0, first], [tasks, items, count]);
  const first = observationSize + actionSize;
  const number = (index: number) => part(first + index, 1).reshape([tasks, items]);
  return {
    observations: part(0, observationSize),
    actions: part(observationSize, actionSize),
    advantages: number(0),
    oldLogProbability: number(1),
    mask: number(2),
    rewards: number(3),
    baseline: number(4),
  };
}
