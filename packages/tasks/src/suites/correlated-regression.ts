import {
  createRng,
  type JointDistribution,
  type PartialOptions,
  type Rng,
  requireInRange,
  requireInteger,
  requireNonNegative,
  resolveOptions,
} from '@tasklearn/core';
import { inMemoryTasks, type TaskItems } from './in-memory-tasks.js';

/** The dials of {@link correlatedRegression}. */
export type CorrelatedRegressionOptions = {
  /** Fixes functions and items. */
  readonly seed: number;
  /** p, cosine of the two tasks' weights, in [−1, 1]. */
  readonly correlation: number;
  /** d, length of x, at least 2. */
  readonly dimensions: number;
  /** m, terms of the sum of sines; with none tasks are linear. */
  readonly terms: number;
  /** σ of the noise on all targets. */
  readonly noise: number;
  /** Items per split. */
  readonly trainItems: number;
  readonly validationItems: number;
  readonly testItems: number;
};

/** Twenty numbers, four sines, 10,000 items to train on. */
export const correlatedRegressionDefaults: CorrelatedRegressionOptions = {
  seed: 0,
  correlation: 1,
  dimensions: 20,
  terms: 4,
  noise: 0.1,
  trainItems: 10_000,
  validationItems: 1_000,
  testItems: 2_000,
};

const id = '@tasklearn/tasks/correlated-regression';

const dot = (a: Float64Array, b: Float64Array) =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);

/** Unit vectors w_1 and w_2 with cosine p. */
function weightsOf(d: number, p: number, rng: Rng): readonly [Float64Array, Float64Array] {
  const unit = (v: Float64Array) => v.map((value) => value / Math.sqrt(dot(v, v)));
  const first = unit(Float64Array.from({ length: d }, () => rng.gaussian()));
  const raw = Float64Array.from({ length: d }, () => rng.gaussian());
  const along = dot(raw, first);
  const normal = unit(raw.map((value, at) => value - along * (first[at] as number)));
  const apart = Math.sqrt(1 - p * p);
  return [first, first.map((value, at) => p * value + apart * (normal[at] as number))];
}

/**
 * Two regressions on the same inputs whose relatedness is a dial: the synthetic tasks of the mixture of experts with many gates.
 *
 * y_k = w_kᵀ x + Σ_i sin(α_i w_kᵀ x + β_i) + σ ε, cos(w_1, w_2) = p; α ~ U(1, 3) and β ~ U(0, 6) are the same for both tasks.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Ma, Zhao, Yi, Chen, Hong, Chi. Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts.
 * KDD 2018, section 3.2 (there 100 numbers, and amplitudes that are not said).
 *
 * @example
 * ```ts
 * import { correlatedRegression } from '@tasklearn/tasks';
 *
 * correlatedRegression({ correlation: -0.9 }).sizes.train; // => [10000, 10000]
 * ```
 */
export function correlatedRegression(
  given: PartialOptions<CorrelatedRegressionOptions> = {},
): JointDistribution {
  const all = resolveOptions(
    id,
    correlatedRegressionDefaults,
    given as object,
  ) as CorrelatedRegressionOptions;
  requireInRange(id, all, 'correlation', -1, 1);
  requireInteger(id, all, 'dimensions', 2);
  requireInteger(id, all, 'terms', 0);
  requireNonNegative(id, all, 'noise');
  for (const key of ['trainItems', 'validationItems', 'testItems'] as const) requireInteger(id, all, key, 1);
  const { dimensions: d, correlation, terms, noise } = all;
  const rng = createRng(all.seed).split('correlated regression');
  const weights = weightsOf(d, correlation, rng.split('weights'));
  const shape = rng.split('sines');
  const sines = Array.from({ length: terms }, () => [1 + 2 * shape.next(), 6 * shape.next()] as const);
  const draw = (split: 'train' | 'validation' | 'test'): readonly TaskItems[] => {
    const own = rng.split(split);
    const count = all[`${split}Items`];
    const x = own.split('inputs');
    const inputs = Float32Array.from({ length: count * d }, () => x.gaussian());
    return weights.map((w, task) => {
      const errors = own.split('noise').split(task);
      const targets = Float32Array.from({ length: count }, (_, item) => {
        let at = 0;
        for (let axis = 0; axis < d; axis += 1)
          at += (w[axis] as number) * (inputs[item * d + axis] as number);
        const waves = sines.reduce((sum, [alpha, beta]) => sum + Math.sin(alpha * at + beta), 0);
        return at + waves + noise * errors.gaussian();
      });
      return { inputs, targets };
    });
  };
  return inMemoryTasks({
    id,
    inputShape: [d],
    tasks: [
      { id: 'first', group: 'numbers' },
      { id: 'second', group: 'numbers' },
    ],
    groups: { numbers: { target: { kind: 'regression', shape: [1] }, loss: 'meanSquaredError' } },
    items: { train: draw('train'), validation: draw('validation'), test: draw('test') },
    sharedInputs: true,
  });
}
