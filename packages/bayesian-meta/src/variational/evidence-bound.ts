import type { Rng } from '@tasklearn/core';
import { gradients } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { stepAgainst } from '../engine/gaussian-trees.js';

/** N(μ, diag σ²) over vectors, one per task: [T, d] each. */
export type MeanField = { readonly mean: Tensor; readonly logDeviation: Tensor };

/** log p(D, φ) of samples [T, S, d], [T, S]. */
export type LogJoint = (phi: Tensor) => Tensor;

/** φ = μ + σ ε, [T, S, d]: the noise is an input, so that derivatives reach μ and σ. */
export function reparameterized({ mean, logDeviation }: MeanField, noise: Tensor): Tensor {
  return mean.expandDims(1).add(tf.exp(logDeviation).expandDims(1).mul(noise));
}

/** H[q] = Σ (log σ + ½ log 2πe), nats, [T]. */
export function meanFieldEntropy({ logDeviation }: MeanField): Tensor {
  return tf.sum(logDeviation.add(0.5 * Math.log(2 * Math.PI * Math.E)), 1);
}

/**
 * The evidence lower bound, E_q log p(D, φ) + H[q] = log p(D) − KL(q ‖ p(φ | D)), by S samples: [T].
 *
 * @param noise - ε ~ N(0, I), [T, S, d].
 * @see Kingma, Welling. Auto-Encoding Variational Bayes. ICLR 2014. arXiv:1312.6114.
 */
export function evidenceBound(logJoint: LogJoint, q: MeanField, noise: Tensor): Tensor {
  return tf.mean(logJoint(reparameterized(q, noise)), 1).add(meanFieldEntropy(q));
}

/** How a mean-field posterior is fitted. */
export type VariationalOptions = {
  /** S >= 1, samples per step. */
  readonly samples: number;
  readonly rate: number;
};

/**
 * One step of variational inference: λ = (μ, log σ) goes up the gradient of the evidence bound. Recordable.
 *
 * @returns the next λ, and the bound before the step, [T].
 */
export function variationalStep(
  logJoint: LogJoint,
  q: MeanField,
  rng: Rng,
  { samples, rate }: VariationalOptions,
): { readonly q: MeanField; readonly bound: Tensor } {
  const [tasks, dimension] = q.mean.shape as [number, number];
  const noise = rng.normal([tasks, samples, dimension]);
  const slope = gradients((at: MeanField) => tf.neg(tf.sum(evidenceBound(logJoint, at, noise))) as Scalar, q);
  return { q: stepAgainst(q, slope, rate), bound: evidenceBound(logJoint, q, noise) };
}

/**
 * The best mean-field Gaussian for a Gaussian target with precision Λ: its mean, and variances 1/Λ_ii: never larger than
 * the marginal variances (Λ⁻¹)_ii.
 *
 * @param mean - [T, d].
 * @param precision - Λ, [T, d, d].
 * @see Bishop. Pattern Recognition and Machine Learning. 2006, section 10.1.2.
 */
export function bestMeanField(mean: Tensor, precision: Tensor): MeanField {
  const size = precision.shape[1] as number;
  const diagonal = tf.sum(precision.mul(tf.eye(size)), 2);
  return { mean, logDeviation: tf.log(diagonal).mul(-0.5) };
}
