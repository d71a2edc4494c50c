import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** How many explanations a learner's samples find, and how well. */
export type ModeCoverage = {
  /** Number of modes that at least one sample is assigned to, [T]: 1 .. V. */
  readonly covered: Tensor;
  /** log-likelihood of each sample's mode, mean over samples, [T]: finding many modes badly is no achievement. */
  readonly assignedLogLikelihood: Tensor;
};

/**
 * Assigns every sample of φ to the valid explanation that it fits best, and counts the explanations that are hit.
 *
 * @param logLikelihoods - log p(test set of mode v | φ_s), [T, S, V]. Ties go to the lowest mode.
 * @throws `SHAPE_MISMATCH` unless they have three axes.
 * @see Finn, Xu, Levine. Probabilistic Model-Agnostic Meta-Learning. NeurIPS 2018, section 5, for the protocol.
 */
export function modeCoverage(logLikelihoods: Tensor): ModeCoverage {
  if (logLikelihoods.rank !== 3) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `modeCoverage: expected log-likelihoods [T, S, V], got [${logLikelihoods.shape}].`,
      { actual: logLikelihoods.shape },
    );
  }
  const modes = logLikelihoods.shape[2] as number;
  const best = tf.argMax(logLikelihoods, 2).expandDims(2); // [T, S, 1]
  const assigned = tf.equal(best, tf.range(0, modes, 1, 'int32')).cast('float32'); // [T, S, V]
  return {
    covered: tf.sum(tf.max(assigned, 1), 1),
    assignedLogLikelihood: tf.mean(tf.max(logLikelihoods, 2), 1),
  };
}
