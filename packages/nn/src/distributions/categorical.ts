import type { PredictiveDistribution } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { logSumExp } from '../linear-algebra/log-sum-exp.js';
import { itemCrossEntropy } from '../losses/item-cross-entropy.js';

/** Standard Gumbel noise −log(−log u). */
export function gumbelLike(x: Tensor, uniform: Tensor): Tensor {
  return tf.neg(tf.log(tf.neg(tf.log(uniform.reshape(x.shape)))));
}

/**
 * One of N classes, with p = softmax(z). Cross-entropy is its negative log-likelihood.
 *
 * Samples are drawn by Gumbel's maximum: argmax_n (z_n − log(−log u_n)).
 *
 * @param logits - z, [T, B, N].
 * @returns targets int32 [T, B]; `mean` gives p [T, B, N].
 */
export function categorical(logits: Tensor): PredictiveDistribution {
  return {
    family: 'categorical',
    parameters: { logits },
    mean: () => tf.softmax(logits),
    logProbability: (targets) => tf.neg(itemCrossEntropy(logits, targets)),
    sample: (rng) => tf.argMax(logits.add(gumbelLike(logits, rng.uniform(logits.shape))), -1),
    entropy: () => logSumExp(logits).sub(tf.sum(tf.softmax(logits).mul(logits), -1)),
  };
}
