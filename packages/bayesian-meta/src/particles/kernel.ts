import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Lower bound of the bandwidth: particles in one place must not divide by zero. */
const LEAST_BANDWIDTH = 1e-6;

/**
 * ‖φ_i − φ_j‖² between the particles of each task.
 *
 * @param particles - [T, M, P].
 * @returns [T, M, M], >= 0, with zeros on the diagonal.
 */
export function squaredDistances(particles: Tensor): Tensor {
  const [, count] = particles.shape as [number, number, number];
  const centred = particles.sub(tf.mean(particles, 1, true)); // Far from the origin the products would cancel.
  const products = tf.matMul(centred, centred, false, true); // [T, M, M]
  const norms = tf.sum(tf.square(centred), 2, true); // [T, M, 1]
  const distances = norms.add(tf.transpose(norms, [0, 2, 1])).sub(products.mul(2));
  return tf.relu(distances).mul(tf.sub(1, tf.eye(count)));
}

/**
 * The lower median of the distances between different particles, by counting: how many are smaller, how many not larger.
 *
 * @param distances - symmetric, [T, M, M], M >= 2; the diagonal is not read.
 * @returns [T].
 */
export function medianDistance(distances: Tensor): Tensor {
  const [tasks, count] = distances.shape as [number, number, number];
  const all = count * count;
  const values = distances.reshape([tasks, all]);
  const counted = tf.sub(1, tf.eye(count)).reshape([1, 1, all]);
  const [column, row] = [values.expandDims(2), values.expandDims(1)]; // value i against every value j
  const smaller = tf.sum(tf.less(row, column).cast('float32').mul(counted), 2); // [T, M²]
  const notLarger = tf.sum(tf.lessEqual(row, column).cast('float32').mul(counted), 2);
  const middle = Math.floor((count * (count - 1) - 1) / 2);
  const isMedian = tf
    .lessEqual(smaller, middle)
    .cast('float32')
    .mul(tf.greater(notLarger, middle).cast('float32'))
    .mul(counted.reshape([1, all]));
  return tf.sum(values.mul(isMedian), 1).div(tf.sum(isMedian, 1));
}

/** Kernel of M particles per task, [T, M, M], and its bandwidth, [T, 1, 1]. */
export type ParticleKernel = { readonly kernel: Tensor; readonly bandwidth: Tensor };

/**
 * k(φ_i, φ_j) = exp(−‖φ_i − φ_j‖² / h) with h = median of the squared distances / log(M + 1). Derivatives follow the median too.
 *
 * @param particles - [T, M, P].
 * @see Liu, Wang. NeurIPS 2016, section 5. arXiv:1608.04471. The paper's h = med² / log M is infinite for M = 1.
 */
export function radialKernel(particles: Tensor): ParticleKernel {
  const [tasks, count] = particles.shape as [number, number, number];
  if (count === 1) return { kernel: tf.ones([tasks, 1, 1]), bandwidth: tf.ones([tasks, 1, 1]) };
  const distances = squaredDistances(particles);
  const median = medianDistance(distances);
  const bandwidth = tf.maximum(median.div(Math.log(count + 1)), LEAST_BANDWIDTH).reshape([tasks, 1, 1]);
  return { kernel: tf.exp(tf.neg(distances.div(bandwidth))), bandwidth };
}

/**
 * The direction of Stein variational gradient descent,
 *
 * d_m = (1/M) Σ_j [k(φ_j, φ_m) ∇ log p(φ_j) + ∇_{φ_j} k(φ_j, φ_m)], with ∇_{φ_j} k = (2/h) (φ_m − φ_j) k.
 *
 * The first part climbs, in the mean of the neighbours' directions; the second keeps particles apart. With one particle it
 * is plain ascent.
 *
 * @param particles - φ, [T, M, P].
 * @param scores - ∇ log p(φ_j | D), [T, M, P].
 * @returns [T, M, P].
 * @see Liu, Wang. Stein Variational Gradient Descent. NeurIPS 2016, eq. 8. arXiv:1608.04471.
 */
export function steinDirection(particles: Tensor, scores: Tensor): Tensor {
  const count = particles.shape[1] as number;
  const { kernel, bandwidth } = radialKernel(particles);
  const driving = tf.matMul(kernel, scores);
  const repulsion = particles
    .mul(tf.sum(kernel, 2, true))
    .sub(tf.matMul(kernel, particles))
    .mul(tf.div(2, bandwidth));
  return driving.add(repulsion).div(count);
}
