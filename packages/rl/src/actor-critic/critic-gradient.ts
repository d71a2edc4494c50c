import type { TreeSpec } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gradientOfTasks, type TaskGradient } from '../off-policy/gradient-of-tasks.js';
import type { CombineGradients, TransitionBatch } from '../off-policy/off-policy-algorithm.js';
import { errorLoss } from '../off-policy/target-network.js';
import type { Critics } from './twin-critic.js';

/** The option `combineGradients` for one network. */
export function combinerOf(
  combine: CombineGradients | undefined,
  batch: TransitionBatch,
  network: 'actor' | 'critic',
): Parameters<typeof gradientOfTasks>[3] {
  if (combine === undefined) return undefined;
  const tasks = batch.reward.shape[0] as number;
  return { tasks, merge: (gradients) => combine(gradients, network) };
}

/**
 * Gradient of the sum over critics of mean ℓ(Q_i(o, a) − y).
 *
 * @param critic - parameters of all critics, [P].
 * @param target - y, [T, B].
 * @returns with `kept.errors`, |δ| [T, B] of the first critic, and `kept.value`, its mean.
 */
export function criticGradient(
  critics: Critics,
  critic: Tensor,
  spec: TreeSpec,
  batch: TransitionBatch,
  target: Tensor,
  options: { readonly loss?: 'squared' | 'huber'; readonly combineGradients?: CombineGradients } = {},
): TaskGradient {
  const { loss = 'squared', combineGradients } = options;
  return gradientOfTasks(
    (parameters) => {
      const values = critics.values(parameters, batch.observation, batch.action, batch.context);
      const losses = values.map(
        (value) => tf.mean(errorLoss(value.sub(target), loss).mul(batch.weights), -1), // [T]
      );
      const first = values[0] as Tensor;
      return {
        losses: losses.reduce((sum, next) => sum.add(next)),
        kept: { errors: tf.abs(first.sub(target)), value: tf.mean(first) },
      };
    },
    critic,
    spec,
    combinerOf(combineGradients, batch, 'critic'),
  );
}
