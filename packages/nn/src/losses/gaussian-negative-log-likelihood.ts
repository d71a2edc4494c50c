import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertSameItems } from './assert-same-items.js';
import { flattenItems } from './flatten-items.js';
import { gaussianParametersOf } from './gaussian-parameters-of.js';
import { meanOverItems } from './mean-over-items.js';

/**
 * Negative log-likelihood of a Gaussian with diagonal covariance whose mean and spread are both outputs,
 * summed over the numbers of an item and averaged over items.
 *
 * L_t = mean_b Σ_d ( ½ ((y − μ)/σ)² + log σ + ½ log 2π )
 *
 * @param outputs - [T, B, 2D]: μ, then what σ is the softplus of (see {@link gaussianParametersOf}).
 * @param targets - y, float32 [T, B, ...] with D numbers per item.
 * @param mask - 0/1, [T, B].
 * @returns nats, [T]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if outputs do not hold twice as many numbers as targets.
 */
export function gaussianNegativeLogLikelihood(outputs: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  assertSameItems('gaussianNegativeLogLikelihood', outputs, targets, 2);
  const { mean, standardDeviation } = gaussianParametersOf(outputs); // [T, B, D] each
  const scaled = flattenItems(targets).sub(mean).div(standardDeviation); // [T, B, D]
  const perNumber = tf.square(scaled).mul(0.5).add(tf.log(standardDeviation));
  const constant = 0.5 * Math.log(2 * Math.PI) * (mean.shape[2] as number);
  return meanOverItems(tf.sum(perNumber, 2).add(constant), mask); // [T]
}
