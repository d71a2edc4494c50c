import type { LabelledSet } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { HierarchicalModel } from './hierarchical-model.js';

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** p(φ | y) by quadrature on a grid. */
export type QuadraturePosterior = {
  readonly phi: Float64Array;
  /** Probabilities of the grid's points; they sum to one. */
  readonly probability: Float64Array;
  /** log p(y | θ). */
  readonly logEvidence: number;
};

/**
 * φ ~ N(0, 1), y = φ² + σ ε: the support set tells |φ| and leaves the sign open, so that the posterior has two equal modes. What is
 * predicted is φ itself. Inputs are not read; a batch of K targets is K observations.
 *
 * @param noise - σ > 0.
 */
export function twoModeModel(noise = 0.1): HierarchicalModel {
  return {
    dimension: 1,
    samplePrior: (eps) => eps.add(0),
    logPrior: (phi) =>
      tf
        .sum(tf.square(phi), 2)
        .mul(-0.5)
        .sub(0.5 * LOG_TWO_PI),
    logLikelihood(phi, { targets, mask }: LabelledSet) {
      const errors = targets.expandDims(1).sub(tf.square(phi)); // [T, S, K]
      const each = tf
        .square(errors)
        .mul(-0.5 / noise ** 2)
        .sub(Math.log(noise) + 0.5 * LOG_TWO_PI);
      return tf.sum(mask === undefined ? each : each.mul((mask as Tensor).expandDims(1)), 2);
    },
  };
}

/** The exact posterior of {@link twoModeModel} by quadrature over [−5, 5]. */
export function twoModePosterior(
  targets: ArrayLike<number>,
  noise = 0.1,
  points = 4001,
): QuadraturePosterior {
  const phi = Float64Array.from({ length: points }, (_, at) => -5 + (10 * at) / (points - 1));
  const width = 10 / (points - 1);
  const logs = phi.map((value) => {
    let sum = -0.5 * value * value - 0.5 * LOG_TWO_PI;
    for (const y of Array.from(targets))
      sum -= 0.5 * ((y - value * value) / noise) ** 2 + Math.log(noise) + 0.5 * LOG_TWO_PI;
    return sum;
  });
  const largest = logs.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const weights = logs.map((value) => Math.exp(value - largest));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return {
    phi,
    probability: weights.map((value) => value / total),
    logEvidence: largest + Math.log(total * width),
  };
}
