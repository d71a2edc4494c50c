import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { SampledPredictive } from '../engine/sampled-predictive.js';

/**
 * What makes an unlabelled item worth asking about.
 *
 * - `maximumEntropy`: H(mean p). Chases noise in labels as well.
 * - `mutualInformation`: H(mean p) − mean H(p), what the label would tell about φ.
 * - `variance`: of the samples' means, summed over the numbers of an item; classes and numbers.
 */
export type Acquisition = 'maximumEntropy' | 'mutualInformation' | 'variance';

/** Score of items that may not be asked about. */
const HIDDEN = -1e9;

function scoresOf(predictive: SampledPredictive, acquisition: Acquisition): Tensor | undefined {
  if (acquisition === 'maximumEntropy') return predictive.entropy?.();
  if (acquisition === 'mutualInformation') return predictive.mutualInformation?.();
  const means = predictive.sampleMeans(); // [T, S, B, ...]
  const [tasks, samples, items] = means.shape as [number, number, number];
  const flat = means.reshape([tasks, samples, items, means.size / (tasks * samples * items)]);
  const spread = tf.mean(tf.square(flat.sub(tf.mean(flat, 1, true))), 1); // [T, B, D]
  return tf.sum(spread, 2);
}

/**
 * How much each item of a pool is worth a label; ask for that of the largest, adapt again, and so on.
 *
 * @param predictive - of the pool's items, after adapting to the labels known so far.
 * @param available - [T, B], 0 for items whose label is known already; they score last.
 * @returns [T, B]. The caller disposes.
 * @throws `UNSUPPORTED_TASK` for an entropy of numbers, which has no closed form: use `variance`.
 * @see Houlsby, Huszár, Ghahramani, Lengyel. Bayesian Active Learning for Classification. 2011. arXiv:1112.5745.
 */
export function acquisitionScores(
  predictive: SampledPredictive,
  acquisition: Acquisition,
  available?: Tensor,
): Tensor {
  const scores = scoresOf(predictive, acquisition);
  if (scores === undefined) {
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      `acquisitionScores: \`${acquisition}\` needs predictions of classes; numbers have \`variance\`.`,
      { acquisition },
    );
  }
  return available === undefined ? scores : scores.add(tf.sub(1, available).mul(HIDDEN));
}
