import type { ControlSpec } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Three forms of an action: what planners search, a box [−1, 1]^A; what models take, [A] numbers; what environments
 * take. A discrete action is, in the box, the index of the largest of A numbers, and for models that index one-hot.
 */
export interface ActionSpace {
  /** A: numbers in an action of models and planners. */
  readonly size: number;
  /** Whether environments take indices. */
  readonly discrete: boolean;
  /** From planners to models, [..., A] → [..., A]; recordable. */
  toModel(plan: Tensor): Tensor;
  /** From models to laws of reward: [..., A] as it is, or [...] indices; recordable. */
  toReward(action: Tensor): Tensor;
  /** From planners to environments, on the host: [E * A] → [E * A] or [E]. */
  fromPlan(actions: Float32Array): Float32Array;
  /** From environments to models, on the host. */
  fromEnvironment(actions: Float32Array): Float32Array;
}

function largestOf(values: Float32Array, from: number, size: number): number {
  let best = 0;
  for (let index = 1; index < size; index += 1)
    if ((values[from + index] as number) > (values[from + best] as number)) best = index;
  return best;
}

function discreteSpace(size: number, first: number): ActionSpace {
  return {
    size,
    discrete: true,
    toModel: (plan) => tf.cast(tf.oneHot(tf.cast(tf.argMax(plan, -1), 'int32'), size), 'float32'),
    toReward: (action) => tf.add(tf.cast(tf.argMax(action, -1), 'int32'), tf.scalar(first, 'int32')),
    fromPlan: (actions) =>
      Float32Array.from(
        { length: actions.length / size },
        (_, copy) => first + largestOf(actions, copy * size, size),
      ),
    fromEnvironment(actions) {
      const rows = new Float32Array(actions.length * size);
      for (const [copy, choice] of actions.entries()) rows[copy * size + choice - first] = 1;
      return rows;
    },
  };
}

/** The forms of an environment's actions. Without limits, continuous actions are taken to lie in [−1, 1]. */
export function actionSpaceOf({ action }: ControlSpec): ActionSpace {
  const { minimum = -1, maximum = 1 } = action;
  if (action.dtype === 'int32') return discreteSpace(maximum - minimum + 1, minimum);
  const [centre, reach] = [(maximum + minimum) / 2, (maximum - minimum) / 2];
  return {
    size: action.shape[0] ?? 1,
    discrete: false,
    toModel: (plan) => tf.add(tf.mul(tf.clipByValue(plan, -1, 1), reach), centre),
    toReward: (action_) => action_,
    fromPlan: (actions) => actions.map((value) => Math.min(Math.max(value, -1), 1) * reach + centre),
    fromEnvironment: (actions) => actions.map((value) => Math.min(Math.max(value, minimum), maximum)),
  };
}
