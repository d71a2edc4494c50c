import type { TensorSpec } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Where actions lie: every number in [centre − reach, centre + reach]. */
export interface ActionLimits {
  readonly centre: number;
  /** > 0. */
  readonly reach: number;
}

/** Limits of continuous actions; [−1, 1] where the specification names none. */
export function actionLimits({ minimum = -1, maximum = 1 }: TensorSpec): ActionLimits {
  return { centre: (minimum + maximum) / 2, reach: (maximum - minimum) / 2 };
}

/** y in (−1, 1) as an action. */
export function toAction(y: Tensor, { centre, reach }: ActionLimits): Tensor {
  const scaled = reach === 1 ? y : y.mul(reach);
  return centre === 0 ? scaled : scaled.add(centre);
}

/** An action as y in [−1, 1]. */
export function fromAction(action: Tensor, { centre, reach }: ActionLimits): Tensor {
  const moved = centre === 0 ? action : action.sub(centre);
  return reach === 1 ? moved : moved.div(reach);
}

/** Actions cut to their limits. */
export function clipAction(action: Tensor, { centre, reach }: ActionLimits): Tensor {
  return tf.maximum(tf.minimum(action, centre + reach), centre - reach);
}
