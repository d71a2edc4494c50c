import type { Tensor } from '@tensorflow/tfjs';

/**
 * A number that follows the step: η(step), scalar in, scalar out. A tensor, not a number, so that it is part of
 * a recorded update.
 *
 * @param step - updates made so far, float32 [].
 */
export type Schedule = (step: Tensor) => Tensor;

/** A learning rate: fixed, scheduled, or a tensor of its own ([] or [P]), which may be learned. */
export type Rate = number | Tensor | Schedule;

/** The value of a rate at a step. */
export function rateAt(rate: Rate, step: Tensor): number | Tensor {
  return typeof rate === 'function' ? rate(step) : rate;
}

/** rate · factor, folded where the rate is a number. */
export function scaledRateAt(rate: Rate, factor: number, step: Tensor): number | Tensor {
  const value = rateAt(rate, step);
  return typeof value === 'number' ? value * factor : value.mul(factor);
}
