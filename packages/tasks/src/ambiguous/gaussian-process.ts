import {
  type EpisodeSpec,
  type EpisodicDistribution,
  type HostTensor,
  requireInteger,
  requirePositive,
} from '@tasklearn/core';
import { episodeBuffers } from '../sampling/episode-buffers.js';

/** Options of functions drawn from a Gaussian process. */
export type GaussianProcessOptions = {
  /** K, support points, >= 1. */
  readonly shots: number;
  /** Query points, >= 1. */
  readonly queries: number;
  /** ℓ > 0. */
  readonly lengthScale: number;
  /** Standard deviation of a function's value, > 0. */
  readonly amplitude: number;
  /** σ > 0, standard deviation of the noise on all targets. */
  readonly noise: number;
};

/** Ten points of functions with ℓ = 0.6, amplitude 1 and noise 0.1. */
export const gaussianProcessDefaults: GaussianProcessOptions = {
  shots: 10,
  queries: 20,
  lengthScale: 0.6,
  amplitude: 1,
  noise: 0.1,
};

/** The covariance a² exp(−(x − x')² / 2ℓ²), with σ² on the diagonal: row by row, [n, n]. */
function covarianceOf(inputs: ArrayLike<number>, options: GaussianProcessOptions): Float64Array {
  const { lengthScale, amplitude, noise } = options;
  const count = inputs.length;
  return Float64Array.from({ length: count * count }, (_, at) => {
    const [row, column] = [Math.floor(at / count), at % count];
    const apart = ((inputs[row] as number) - (inputs[column] as number)) / lengthScale;
    return amplitude ** 2 * Math.exp(-(apart ** 2) / 2) + (row === column ? noise ** 2 : 0);
  });
}

/** A = L Lᵀ in double precision, row by row; L is lower triangular. */
function choleskyOf(matrix: Float64Array, count: number): Float64Array {
  const lower = new Float64Array(count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * count + column] as number;
      for (let k = 0; k < column; k++)
        sum -= (lower[row * count + k] as number) * (lower[column * count + k] as number);
      lower[row * count + column] =
        row === column ? Math.sqrt(sum) : sum / (lower[column * count + column] as number);
    }
  }
  return lower;
}

/** L⁻¹ b. */
function solveLower(lower: Float64Array, right: Float64Array): Float64Array {
  const count = right.length;
  const solution = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = right[row] as number;
    for (let k = 0; k < row; k++) sum -= (lower[row * count + k] as number) * (solution[k] as number);
    solution[row] = sum / (lower[row * count + row] as number);
  }
  return solution;
}

/** N(mean, standardDeviation²) of a noisy target, for each query. */
export type GaussianProcessPrediction = {
  readonly mean: Float64Array;
  readonly standardDeviation: Float64Array;
};

/**
 * The exact prediction after the support points: the best that any learner can do on these tasks.
 *
 * m = kᵀ (K + σ²I)⁻¹ y, s² = a² + σ² − kᵀ (K + σ²I)⁻¹ k
 *
 * @see Rasmussen, Williams. Gaussian Processes for Machine Learning. 2006, eq. 2.25-2.26.
 */
export function gaussianProcessPrediction(
  support: { readonly inputs: ArrayLike<number>; readonly targets: ArrayLike<number> },
  queries: ArrayLike<number>,
  options: Partial<GaussianProcessOptions> = {},
): GaussianProcessPrediction {
  const complete = { ...gaussianProcessDefaults, ...options };
  const { lengthScale, amplitude, noise } = complete;
  const count = support.inputs.length;
  const lower = choleskyOf(covarianceOf(support.inputs, complete), count);
  const whitened = solveLower(lower, Float64Array.from(support.targets));
  const mean = new Float64Array(queries.length);
  const standardDeviation = new Float64Array(queries.length);
  for (let query = 0; query < queries.length; query++) {
    const across = Float64Array.from({ length: count }, (_, at) => {
      const apart = ((queries[query] as number) - (support.inputs[at] as number)) / lengthScale;
      return amplitude ** 2 * Math.exp(-(apart ** 2) / 2);
    });
    const seen = solveLower(lower, across);
    let [dot, explained] = [0, 0];
    for (let at = 0; at < count; at++) {
      dot += (seen[at] as number) * (whitened[at] as number);
      explained += (seen[at] as number) ** 2;
    }
    mean[query] = dot;
    standardDeviation[query] = Math.sqrt(amplitude ** 2 + noise ** 2 - explained);
  }
  return { mean, standardDeviation };
}

/**
 * Regression on functions drawn from a Gaussian process on [−2, 2]. The exact prediction is known
 * (`gaussianProcessPrediction`), so that a learner's uncertainty can be judged.
 *
 * y = g(x) + σε, g ~ GP(0, a² exp(−(x − x')² / 2ℓ²)), x ~ U[−2, 2]
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Garnelo et al. Conditional Neural Processes. ICML 2018, section 4.1. arXiv:1807.01613.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { gaussianProcess } from '@tasklearn/tasks';
 *
 * const { query } = gaussianProcess({ queries: 7 }).episodes('test', 0, 2, createRng(0));
 * query.targets.shape; // => [2, 7, 1]
 * ```
 */
export function gaussianProcess(options: Partial<GaussianProcessOptions> = {}): EpisodicDistribution {
  const complete = { ...gaussianProcessDefaults, ...options };
  const id = '@tasklearn/tasks/gaussian-process';
  for (const key of ['shots', 'queries'] as const) requireInteger(id, complete, key);
  for (const key of ['lengthScale', 'amplitude', 'noise'] as const) requirePositive(id, complete, key);
  const { shots, queries } = complete;
  const all = shots + queries;
  const spec: EpisodeSpec = {
    input: { shape: [1], dtype: 'float32', minimum: -2, maximum: 2 },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    supportSize: shots,
    querySize: queries,
  };
  const copy = (from: Float64Array, start: number, count: number, into: HostTensor, task: number) =>
    into.data.set(from.subarray(start, start + count), task * count);
  return {
    kind: 'episodic',
    id,
    varies: ['labels'],
    spec,
    episodes(split, first, count, rng, into = episodeBuffers(spec, count)) {
      const sets = [into.support.labelled, into.query];
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const x = Float64Array.from({ length: all }, () => 4 * own.next() - 2);
        const lower = choleskyOf(covarianceOf(x, complete), all);
        const white = Float64Array.from({ length: all }, () => own.gaussian());
        const y = x.map((_, row) => {
          let sum = 0;
          for (let k = 0; k <= row; k++) sum += (lower[row * all + k] as number) * (white[k] as number);
          return sum;
        });
        for (const [part, set] of sets.entries()) {
          const [start, size] = part === 0 ? [0, shots] : [shots, queries];
          copy(x, start, size, set.inputs, task);
          copy(y, start, size, set.targets, task);
        }
      }
      return into;
    },
  };
}
