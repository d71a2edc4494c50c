import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { assertSameItems } from './assert-same-items.js';
import { flattenItems } from './flatten-items.js';
import { meanOverItems } from './mean-over-items.js';

/**
 * Negative log-likelihood of independent Bernoulli variables given by logits, summed over the numbers of an
 * item and averaged over items.
 *
 * L_t = mean_b Σ_d ( log(1 + exp z_tbd) − y_tbd z_tbd )
 *
 * @param logits - z, [T, B, ...], with as many numbers per item as the targets have.
 * @param targets - y in [0, 1], float32 or int32, [T, B, ...].
 * @param mask - 0/1, [T, B].
 * @returns nats, [T]. The caller disposes.
 * @throws `SHAPE_MISMATCH` if logits and targets do not fit.
 */
export function bernoulli(logits: Tensor, targets: Tensor, mask?: Tensor): Tensor {
  assertSameItems('bernoulli', logits, targets);
  const z = flattenItems(logits); // [T, B, D]
  const y = flattenItems(targets).cast('float32'); // [T, B, D]
  return meanOverItems(tf.sum(tf.softplus(z).sub(z.mul(y)), 2), mask); // [T]
}
