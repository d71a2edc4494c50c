import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Prediction } from './dynamics-model.js';

/**
 * Negative log-likelihood of normalised changes without its constant, averaged over the numbers of the observation:
 * mean_O ½ (e² / σ² + log σ²). With σ = 1 it is half the mean squared error.
 *
 * @param changes - [G, R, O].
 * @returns [G, R].
 */
export function predictionLoss({ mean, logVariance }: Prediction, changes: Tensor): Tensor {
  const squared = tf.square(tf.sub(mean, changes)); // [G, R, O]
  if (logVariance === undefined) return tf.mul(tf.mean(squared, -1), 0.5);
  return tf.mul(tf.mean(tf.add(tf.mul(squared, tf.exp(tf.neg(logVariance))), logVariance), -1), 0.5);
}

/**
 * log p of changes in their own units, summed over the numbers of the observation:
 * Σ_O −½ (e² / σ² + log 2πσ²) − log scale.
 *
 * @param changes - normalised, [G, R, O].
 * @param changeScale - [O].
 * @returns [G, R].
 */
export function logProbability(prediction: Prediction, changes: Tensor, changeScale: Tensor): Tensor {
  const size = changes.shape[changes.rank - 1] as number;
  const constant = tf.add(tf.sum(tf.log(changeScale)), 0.5 * size * Math.log(2 * Math.PI)); // []
  return tf.neg(tf.add(tf.mul(predictionLoss(prediction, changes), size), constant));
}

/** Mean over the items that count, [G, R] → [G]; 0 where none does. */
export function maskedMean(losses: Tensor, mask: Tensor): Tensor {
  const count = tf.maximum(tf.sum(mask, -1), 1); // [G]
  return tf.div(tf.sum(tf.mul(losses, mask), -1), count);
}
