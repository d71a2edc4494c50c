import { type GradientCombination, requireInteger, requirePositive } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

type State = {
  /** Sum of the losses of the period under way, [T]. */
  readonly sum: Tensor;
  /** Updates in it. */
  readonly count: Tensor;
  /** Mean losses of the last period and of the one before it, [T]. */
  readonly last: Tensor;
  readonly before: Tensor;
  /** Periods completed. */
  readonly periods: Tensor;
};

/** What {@link dynamicWeightAverage} may be told. */
export interface DynamicWeightAverageOptions {
  /** τ > 0: large ones make the weights equal. Default 2, as in the paper. */
  readonly temperature?: number;
  /** Updates over which losses are averaged (the paper's epoch). Default 100. */
  readonly period?: number;
}

/**
 * Tasks whose loss falls slowly weigh more: w_t = T softmax_t(r_t / τ), r_t = L_t(k − 1) / L_t(k − 2) for the mean losses of
 * the last two periods; all 1 in the first two.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Liu, Johns, Davison. End-to-End Multi-Task Learning with Attention. CVPR 2019, eq. 7. arXiv:1803.10704.
 */
export function dynamicWeightAverage(options: DynamicWeightAverageOptions = {}): GradientCombination {
  const { temperature = 2, period = 100 } = options;
  requirePositive('dynamicWeightAverage', { temperature }, 'temperature');
  requireInteger('dynamicWeightAverage', { period }, 'period', 1);
  const combination: GradientCombination<State> = {
    needs: 'losses',
    init: (tasks) => ({
      sum: tf.zeros([tasks]),
      count: tf.scalar(0),
      last: tf.ones([tasks]),
      before: tf.ones([tasks]),
      periods: tf.scalar(0),
    }),
    combine({ losses }, state) {
      const tasks = losses.shape[0] as number;
      const ratios = state.last.div(tf.maximum(state.before, 1e-12)); // [T]
      const started = tf.cast(state.periods.greaterEqual(2), 'float32');
      const r = ratios.sub(1).mul(started).add(1); // 1 until two periods are complete.
      const combined = tf.softmax(r.div(temperature)).mul(tasks);
      const sum = state.sum.add(losses);
      const count = state.count.add(1);
      const ended = tf.cast(count.greaterEqual(period), 'float32');
      const going = tf.sub(1, ended);
      const mean = sum.div(count);
      return {
        combined,
        state: {
          sum: sum.mul(going),
          count: count.mul(going),
          last: mean.mul(ended).add(state.last.mul(going)),
          before: state.last.mul(ended).add(state.before.mul(going)),
          periods: state.periods.add(ended),
        },
      };
    },
  };
  return combination as unknown as GradientCombination;
}
