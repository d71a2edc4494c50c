import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * Moves a target network towards the network: θ′ ← (1 − τ) θ′ + τ θ.
 *
 * @param rate - τ in (0, 1]; 1 copies.
 */
export function polyak(target: Tensor, online: Tensor, rate: number): Tensor {
  return rate === 1 ? online.clone() : target.add(online.sub(target).mul(rate));
}

/**
 * Copies the network into the target at every `period`-th update: the update with number `step`, counted from 0, is one if
 * step + 1 is a multiple.
 *
 * @param step - [].
 */
export function copyEvery(target: Tensor, online: Tensor, step: Tensor, period: number): Tensor {
  const rest = step.add(1).sub(tf.floor(step.add(1).div(period)).mul(period)); // []
  return tf.where(tf.less(rest, 0.5), online, target);
}

/**
 * y = r + γ d V(o′), optionally clipped to the values that rewards in [−1, 0] can add up to, [−1 / (1 − γ), 0].
 *
 * @param reward - [T, B].
 * @param discount - d: 0 where the episode terminated, 1 also where it was truncated, [T, B].
 * @param value - V(o′), [T, B].
 * @param gamma - γ in [0, 1].
 * @returns [T, B].
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { bellmanTarget } from '@tasklearn/rl';
 *
 * const target = bellmanTarget(tf.tensor([[1, 1]]), tf.tensor([[0, 1]]), tf.tensor([[10, 10]]), 0.5);
 * target.arraySync(); // => [[1, 6]]
 * ```
 */
export function bellmanTarget(
  reward: Tensor,
  discount: Tensor,
  value: Tensor,
  gamma: number,
  clip = false,
): Tensor {
  const target = reward.add(discount.mul(value).mul(gamma));
  return clip ? tf.maximum(tf.minimum(target, 0), -1 / (1 - gamma)) : target;
}

/** e² / 2, or Huber's loss of e with δ = 1, elementwise. */
export function errorLoss(error: Tensor, loss: 'squared' | 'huber'): Tensor {
  if (loss === 'squared') return tf.square(error).mul(0.5);
  const over = tf.relu(error.sub(1)).sub(tf.relu(error.neg().sub(1))); // e − c, with c = e clipped to ±1
  const clipped = error.sub(over);
  return clipped.mul(error.sub(clipped.mul(0.5)));
}
