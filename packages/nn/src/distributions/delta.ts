import type { PredictiveDistribution } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { flattenItems } from '../losses/flatten-items.js';

/**
 * All mass on one value: a prediction without uncertainty.
 *
 * log p(y) = 0 where y equals the value in every number, else −∞.
 *
 * @param value - [T, B, ...].
 */
export function delta(value: Tensor): PredictiveDistribution {
  return {
    family: 'delta',
    parameters: { value },
    mean: () => value.clone(),
    logProbability(targets) {
      const same = tf.equal(targets.reshape(value.shape), value).cast('float32');
      return tf.log(tf.min(flattenItems(same), 2)); // [T, B]
    },
    sample: () => value.clone(),
    entropy: () => tf.zeros(value.shape.slice(0, 2)),
    variance: () => tf.zerosLike(value),
  };
}
