import { logSumExp } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** log 0, finite so that no difference of two of them is undefined. */
export const LOG_ZERO = -1e9;

/** log λ and log(1 − λ), each [] or, where switches are told, [B, 1]. */
export type LogHazard = { readonly change: Tensor; readonly stay: Tensor };

/** Hazard as a constant, in [0, 1]. */
export function fixedHazard(hazard: number): LogHazard {
  const log = (value: number) => tf.scalar(value === 0 ? LOG_ZERO : Math.log(value));
  return { change: log(hazard), stay: log(1 - hazard) };
}

/** Hazard σ(logit), differentiable. @param logit - []. */
export function learnedHazard(logit: Tensor): LogHazard {
  const logistic = (x: Tensor) => {
    const zero = tf.zerosLike(x).expandDims(0);
    return tf.neg(logSumExp(tf.concat([zero, tf.neg(x).expandDims(0)], 0), 0)); // log σ(x)
  };
  return { change: logistic(logit), stay: logistic(tf.neg(logit)) };
}

/** log b normalised over run lengths. @param logRuns - [B, R]. */
export function normalizedRuns(logRuns: Tensor): Tensor {
  return logRuns.sub(logSumExp(logRuns, 1).expandDims(1));
}

/**
 * One step of change-point detection, for B streams at once: everybody's run grows by one, and a new one begins.
 *
 * @param logRuns - log b(r), [B, R], normalised.
 * @param logLikelihoods - log p(y | η_r), [B, R].
 * @returns log Σ_r b(r) p(y | η_r), [B], and log b of the next step, [B, R + 1]: the new run first, `hazard` its share exactly.
 */
export function advanceRuns(
  logRuns: Tensor,
  logLikelihoods: Tensor,
  { change, stay }: LogHazard,
): { readonly logEvidence: Tensor; readonly logRuns: Tensor } {
  const streams = logRuns.shape[0] as number;
  const weights = logRuns.add(logLikelihoods);
  const logEvidence = logSumExp(weights, 1);
  const survived = weights.sub(logEvidence.expandDims(1)).add(stay);
  const fresh = change.reshape([-1, 1]).add(tf.zeros([streams, 1]));
  return { logEvidence, logRuns: tf.concat([fresh, survived], 1) };
}

/**
 * What is told about the step at hand overrides the belief: where a segment begins all mass is at r = 0; where none does, none is.
 *
 * @param logRuns - [B, R], R > 1 (or R = 1, unchanged).
 * @param switched - [B], 1 where a segment begins.
 */
export function tellRuns(logRuns: Tensor, switched: Tensor): Tensor {
  const [streams, runs] = logRuns.shape as [number, number];
  if (runs === 1) return logRuns;
  const told = switched.reshape([streams, 1]);
  const certain = tf.concat([tf.zeros([streams, 1]), tf.fill([streams, runs - 1], LOG_ZERO)], 1);
  const rest = tf.slice(logRuns, [0, 1], [streams, runs - 1]);
  const without = tf.concat([tf.fill([streams, 1], LOG_ZERO), normalizedRuns(rest)], 1);
  return certain.mul(told).add(without.mul(tf.sub(1, told)));
}
