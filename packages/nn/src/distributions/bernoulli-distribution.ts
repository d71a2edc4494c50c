import type { PredictiveDistribution } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { sumOverItem } from './sum-over-item.js';

/**
 * Independent 0/1 numbers with p = σ(z).
 *
 * log p(y) = Σ_d ( y_d z_d − log(1 + exp z_d) )
 *
 * @param logits - z, [T, B, ...].
 * @returns targets 0/1, float32 or int32, of the shape of z.
 */
export function bernoulliDistribution(logits: Tensor): PredictiveDistribution {
  return {
    family: 'bernoulli',
    parameters: { logits },
    mean: () => tf.sigmoid(logits),
    logProbability: (targets) => sumOverItem(logits.mul(targets.cast('float32')).sub(tf.softplus(logits))),
    sample: (rng) => tf.less(rng.uniform(logits.shape), tf.sigmoid(logits)).cast('float32'),
    entropy: () => sumOverItem(tf.softplus(logits).sub(logits.mul(tf.sigmoid(logits)))),
    variance: () => tf.sigmoid(logits).mul(tf.sigmoid(tf.neg(logits))),
  };
}
