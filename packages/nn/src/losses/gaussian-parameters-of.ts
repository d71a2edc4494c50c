import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { flattenItems } from './flatten-items.js';

/** Floor under σ: a network that fits a point exactly cannot drive its likelihood to infinity. */
const MINIMUM_STANDARD_DEVIATION = 1e-3;

/**
 * Reads a network's outputs as a Gaussian with diagonal covariance: μ is the first half of the last axis and
 * σ = softplus(second half) + 0.001.
 *
 * @param outputs - [T, B, 2D].
 * @returns μ and σ, [T, B, D] each. The caller disposes.
 */
export function gaussianParametersOf(outputs: Tensor): {
  readonly mean: Tensor;
  readonly standardDeviation: Tensor;
} {
  const flat = flattenItems(outputs);
  const [tasks, items, both] = flat.shape as [number, number, number];
  const half = both / 2;
  const mean = tf.slice(flat, [0, 0, 0], [tasks, items, half]);
  const raw = tf.slice(flat, [0, 0, half], [tasks, items, half]);
  return { mean, standardDeviation: tf.softplus(raw).add(MINIMUM_STANDARD_DEVIATION) };
}
