import type { EpisodeSpec, LabelledSet, PredictiveDistribution } from '@tasklearn/core';
import { gaussian, meanOverItems, predictiveOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Part of θ: the logarithm of σ, [], where the task's loss leaves it open. */
export type Noise = { readonly logDeviation?: Tensor };

/** Floor under a learned σ. */
const LEAST_DEVIATION = 1e-3;

/** Whether the task's loss says nothing of the spread of y, so that σ is learned: squared error and its kin. */
function leavesNoiseOpen({ target, loss }: EpisodeSpec): boolean {
  return target.kind === 'regression' && loss !== 'gaussian' && loss !== 'bernoulli';
}

/** First value of σ, where it is learned. The caller disposes. */
export function initialNoise(spec: EpisodeSpec, deviation: number): Noise {
  return leavesNoiseOpen(spec) ? { logDeviation: tf.scalar(Math.log(deviation)) } : {};
}

/**
 * A model's raw outputs as p(y | x, φ): as `predictiveOf` of nn, but N(f(x), σ²) with learned σ where the task's loss is a
 * squared error. A posterior needs a likelihood: with σ = 1 fixed, no amount of data would rule a function out.
 */
export function likelihoodOf(spec: EpisodeSpec, outputs: Tensor, noise: Noise): PredictiveDistribution {
  if (noise.logDeviation === undefined || spec.target.kind !== 'regression')
    return predictiveOf(spec, outputs);
  const mean = outputs.reshape([...outputs.shape.slice(0, 2), ...spec.target.shape]);
  const deviation = tf.exp(noise.logDeviation).add(LEAST_DEVIATION);
  return gaussian(mean, tf.add(deviation, tf.zeros(mean.shape)));
}

/** log p(y | x, φ) summed over the items that count, [T]. */
export function sumLogLikelihood(each: PredictiveDistribution, { targets, mask }: LabelledSet): Tensor {
  const log = each.logProbability(targets); // [T, B]
  return tf.sum(mask === undefined ? log : log.mul(mask), 1);
}

/** −log p(y | x, φ), mean over the items that count, [T]. */
export function meanNegativeLogLikelihood(
  each: PredictiveDistribution,
  { targets, mask }: LabelledSet,
): Tensor {
  return meanOverItems(tf.neg(each.logProbability(targets)), mask);
}
