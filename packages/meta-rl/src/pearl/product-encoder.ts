import type { Rng } from '@tasklearn/core';
import { mlp, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** A Gaussian with independent numbers; [..., Z] each. */
export interface Posterior {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Smallest variance of one factor. */
const FLOOR = 1e-7;

/**
 * The normalised product of Gaussians, one for each item of a context: precisions add up, means are weighted by them.
 *
 * σ² = 1 / Σ_n σ_n⁻²,  μ = σ² Σ_n μ_n σ_n⁻²
 *
 * As in the paper it has no factor for the prior: with one item it is that item's Gaussian. Where no item counts it is
 * N(0, I). With `priorFactor` N(0, I) is one of the factors, σ² = 1 / (1 + Σ_n σ_n⁻²), as in Bayes' rule.
 *
 * @param means - μ_n, [T, C, Z]. @param precisions - σ_n⁻² >= 0, above 0 without a factor for the prior; [T, C, Z].
 * @param mask - 1 for items that count, [T, C].
 * @returns [T, Z].
 * @see Rakelly, Zhou, Quillen, Finn, Levine. PEARL. ICML 2019, section 4.1. arXiv:1903.08254.
 */
export function productOfGaussians(
  means: Tensor,
  precisions: Tensor,
  mask: Tensor,
  priorFactor = false,
): Posterior {
  const counted = mask.expandDims(2).mul(precisions); // [T, C, Z]
  const empty = tf.lessEqual(tf.sum(mask, 1, true), 0).cast('float32'); // [T, 1]
  const variance = tf.div(1, tf.sum(counted, 1).add(priorFactor ? 1 : empty)); // [T, Z]
  return { mean: variance.mul(tf.sum(means.mul(counted), 1)), variance };
}

/**
 * KL( N(μ, σ²) ‖ N(0, I) ) = ½ Σ (σ² + μ² − 1 − log σ²).
 *
 * @returns [...], without the last axis.
 */
export function divergenceFromPrior({ mean, variance }: Posterior): Tensor {
  return tf.sum(variance.add(tf.square(mean)).sub(1).sub(tf.log(variance)), -1).mul(0.5);
}

/** A draw with the derivative in μ and σ, [T, Z]. */
export function samplePosterior({ mean, variance }: Posterior, rng: Rng): Tensor {
  return mean.add(tf.sqrt(variance).mul(rng.normal(mean.shape)));
}

/** q(z | c): the same network on every transition of the context, whose order does not matter. */
export interface ContextEncoder {
  /** Shared parameters. The caller disposes. */
  init(rng: Rng): Parameters;
  /**
   * q(z | c).
   *
   * @param context - [T, C, F].
   * @param mask - [T, C].
   */
  infer(parameters: Parameters, context: Tensor, mask: Tensor): Posterior;
}

/**
 * The encoder of PEARL: a perceptron gives each transition's mean and variance; or, with a factor for the prior, its mean
 * and precision, so that a transition that tells nothing can have none.
 */
export function productEncoder(
  features: number,
  hidden: readonly number[],
  latentSize: number,
  priorFactor = false,
): ContextEncoder {
  const network = mlp({ inputShape: [features], hidden, outputSize: 2 * latentSize, activation: 'relu' });
  return {
    init: (rng) => network.init(rng),
    infer(parameters, context, mask) {
      const [means, raw] = tf.split(network.apply(parameters, context), 2, -1) as [Tensor, Tensor];
      if (priorFactor) return productOfGaussians(means, tf.softplus(raw), mask, true);
      return productOfGaussians(means, tf.div(1, tf.softplus(raw).add(FLOOR)), mask);
    },
  };
}
