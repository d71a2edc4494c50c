import { type LabelledSet, requireInteger, requireNonNegative, requirePositive } from '@tasklearn/core';
import { cholesky, choleskySolve } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { HierarchicalModel } from './hierarchical-model.js';

/** The linear-Gaussian hierarchy μ ~ N(0, s² I), φ ~ N(μ, τ² I), y = φ · x + σ ε. */
export type LinearGaussianOptions = {
  /** d >= 1. */
  readonly dimension: number;
  /** s >= 0, how much the tasks' common mean is not known beforehand. */
  readonly meanDeviation: number;
  /** τ > 0, how much tasks differ. */
  readonly taskDeviation: number;
  /** σ > 0, noise of a target. */
  readonly noise: number;
};

/** d = 4, s² + τ² = 1 with s² = 0.8, σ = 0.3. */
export const linearGaussianDefaults: LinearGaussianOptions = {
  dimension: 4,
  meanDeviation: Math.sqrt(0.8),
  taskDeviation: Math.sqrt(0.2),
  noise: 0.3,
};

/** N(mean, precision⁻¹) over φ: [T, d] and [T, d, d]. */
export type GaussianPosterior = { readonly mean: Tensor; readonly precision: Tensor };

/** A hierarchy of which everything is known in closed form. */
export interface LinearGaussianHierarchy extends HierarchicalModel {
  /** p(φ | D, θ): Λ = I/τ² + XᵀX/σ², m = Λ⁻¹ (μ/τ² + Xᵀy/σ²). */
  posterior(data: LabelledSet): GaussianPosterior;
  /** p(y | x, D, θ) = N(m · x, σ² + xᵀ Λ⁻¹ x) for inputs [T, Q, d]: mean and variance, [T, Q] each. */
  predict(posterior: GaussianPosterior, inputs: Tensor): { readonly mean: Tensor; readonly variance: Tensor };
  /** log p(y | X, θ) of all items together, [T]. */
  logEvidence(data: LabelledSet): Tensor;
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** log det A of a positive definite matrix, [T]. */
function logDeterminant(matrix: Tensor): Tensor {
  const [tasks, size] = matrix.shape as [number, number, number];
  const diagonal = tf.sum(cholesky(matrix).mul(tf.eye(size)), 2); // [T, d]
  return tf.sum(tf.log(diagonal), 1).mul(2).reshape([tasks]);
}

/**
 * log p(D | θ) by Laplace's approximation, log p(D, φ̂) + (d/2) log 2π − ½ log det Ĥ: exact where the posterior is Gaussian and φ̂
 * its mode.
 *
 * @param logJointAtMode - log p(D, φ̂ | θ), [T].
 * @param precision - Ĥ, the curvature of −log p(D, φ | θ) at φ̂, [T, d, d].
 * @see Grant, Finn, Levine, Darrell, Griffiths. Recasting Gradient-Based Meta-Learning as Hierarchical Bayes. ICLR 2018, eq. 8.
 * arXiv:1801.08930.
 */
export function laplaceEvidence(logJointAtMode: Tensor, precision: Tensor): Tensor {
  const size = precision.shape[1] as number;
  return logJointAtMode.add(0.5 * size * LOG_TWO_PI).sub(logDeterminant(precision).mul(0.5));
}

/** log N(e; 0, σ²) summed over the last axis. */
function logNormal(errors: Tensor, deviation: number): Tensor {
  const size = errors.shape.at(-1) as number;
  const constant = size * (Math.log(deviation) + 0.5 * LOG_TWO_PI);
  return tf
    .sum(tf.square(errors), -1)
    .mul(-0.5 / deviation ** 2)
    .sub(constant);
}

/** φ · x for every sample: [T, S, K]. */
const outputsOf = (phi: Tensor, inputs: Tensor) => tf.matMul(phi, inputs, false, true);

/**
 * The hierarchy with θ = μ known. With μ = 0 and `taskDeviation` √(s² + τ²) it is learning from scratch.
 *
 * @param mean - μ, [d] or [T, d]; 0 unless told.
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function linearGaussianHierarchy(
  options: Partial<LinearGaussianOptions> = {},
  mean: Tensor | number = 0,
): LinearGaussianHierarchy {
  const all = { ...linearGaussianDefaults, ...options };
  const owner = 'linearGaussianHierarchy';
  requireInteger(owner, all, 'dimension');
  requireNonNegative(owner, all, 'meanDeviation');
  requirePositive(owner, all, 'taskDeviation');
  requirePositive(owner, all, 'noise');
  const { dimension, taskDeviation, noise } = all;
  const centre = () => tf.add(tf.zeros([1, dimension]), mean); // [1 or T, d]
  const logLikelihood = (phi: Tensor, { inputs, targets, mask }: LabelledSet) => {
    const errors = targets.expandDims(1).sub(outputsOf(phi, inputs)); // [T, S, K]
    if (mask === undefined) return logNormal(errors, noise);
    const each = tf
      .square(errors)
      .mul(-0.5 / noise ** 2)
      .sub(Math.log(noise) + 0.5 * LOG_TWO_PI);
    return tf.sum(each.mul(mask.expandDims(1)), 2);
  };
  const logPrior = (phi: Tensor) => logNormal(phi.sub(centre().expandDims(1)), taskDeviation);
  const posterior = ({ inputs, targets, mask }: LabelledSet): GaussianPosterior => {
    const counted = mask === undefined ? inputs : inputs.mul(mask.expandDims(2));
    const gram = tf.matMul(counted, inputs, true, false).div(noise ** 2);
    const precision = gram.add(tf.eye(dimension).div(taskDeviation ** 2));
    const projected = tf.matMul(counted, targets.expandDims(2), true, false).div(noise ** 2); // [T, d, 1]
    const right = projected.add(
      centre()
        .div(taskDeviation ** 2)
        .expandDims(2),
    );
    return { mean: choleskySolve(precision, right).squeeze([2]), precision };
  };
  return {
    dimension,
    samplePrior: (eps) => eps.mul(taskDeviation).add(centre().expandDims(1)),
    logPrior,
    logLikelihood,
    posterior,
    predict(belief, inputs) {
      const solved = choleskySolve(belief.precision, tf.transpose(inputs, [0, 2, 1])); // [T, d, Q]
      const explained = tf.sum(tf.transpose(solved, [0, 2, 1]).mul(inputs), 2);
      const outputs = outputsOf(belief.mean.expandDims(1), inputs).squeeze([1]);
      return { mean: outputs, variance: explained.add(noise ** 2) };
    },
    logEvidence(data) {
      const belief = posterior(data);
      const mode = belief.mean.expandDims(1);
      const joint = logPrior(mode).add(logLikelihood(mode, data)).squeeze([1]);
      return laplaceEvidence(joint, belief.precision);
    },
  };
}

/** What is gained by knowing θ, in numbers. */
export type StructureReport = {
  /** H[φ | θ] = (d/2) log 2πeτ², nats; a differential entropy, so it may be negative. */
  readonly conditionalEntropy: number;
  /** H[φ] = (d/2) log 2πe(s² + τ²). */
  readonly marginalEntropy: number;
  /** ρ = s² / (s² + τ²): 0 where tasks share nothing, near 1 where θ is nearly all. */
  readonly structure: number;
  /** Whether H[φ | θ] < H[φ]: the condition for meta-learning to help. */
  readonly shared: boolean;
};

/** The entropy condition: tasks share structure where θ takes uncertainty from φ. Only differences of entropies mean something. */
export function structureOf(options: Partial<LinearGaussianOptions> = {}): StructureReport {
  const { dimension, meanDeviation, taskDeviation } = { ...linearGaussianDefaults, ...options };
  const total = meanDeviation ** 2 + taskDeviation ** 2;
  const entropy = (variance: number) => 0.5 * dimension * Math.log(2 * Math.PI * Math.E * variance);
  const [conditionalEntropy, marginalEntropy] = [entropy(taskDeviation ** 2), entropy(total)];
  return {
    conditionalEntropy,
    marginalEntropy,
    structure: meanDeviation ** 2 / total,
    shared: conditionalEntropy < marginalEntropy,
  };
}

/**
 * E ‖φ̂ − φ‖² of the posterior mean with XᵀX = K I: d / (1/v + K/σ²). v is τ² where θ is known and s² + τ² from scratch.
 *
 * @param items - K >= 0.
 */
export function expectedSquaredError(
  options: Partial<LinearGaussianOptions>,
  items: number,
  knowing: 'theta' | 'nothing',
): number {
  const { dimension, meanDeviation, taskDeviation, noise } = { ...linearGaussianDefaults, ...options };
  const variance = taskDeviation ** 2 + (knowing === 'theta' ? 0 : meanDeviation ** 2);
  return dimension / (1 / variance + items / noise ** 2);
}
