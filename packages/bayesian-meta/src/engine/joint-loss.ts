import type { LabelledSet } from '@tasklearn/core';
import type { Scalar } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { SampledPredictive } from './sampled-predictive.js';

/** −log (1/S) Σ_s Π p(y | x, φ_s), per query item that counts, mean over tasks. */
export function jointLoss(mixture: SampledPredictive, { targets, mask }: LabelledSet): Scalar {
  const [tasks, items] = targets.shape as [number, number];
  const counts = mask === undefined ? tf.fill([tasks], items) : tf.maximum(tf.sum(mask, 1), 1);
  return tf.neg(tf.mean(mixture.jointLogProbability(targets, mask).div(counts))) as Scalar;
}
