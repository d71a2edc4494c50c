import { TasklearnError } from '@tasklearn/core';

/** Returns to be explained by states and times. */
export interface LinearBaselineBatch {
  /** O. */
  readonly observationSize: number;
  /** s, [N * O]. */
  readonly observation: Float32Array;
  /** Steps made in the episode before this one, [N]. */
  readonly time: ArrayLike<number>;
  /** G, [N]. */
  readonly returns: Float32Array;
  /** 0 for what is left out of the fit, [N]. Default 1. */
  readonly mask?: Float32Array;
}

/** φ(s, t) into `features`: [s, s², t, t², t³, 1] with s cut to ±10 and t in hundreds. */
function writeFeatures(batch: LinearBaselineBatch, row: number, features: Float64Array): void {
  const { observationSize: size, observation, time } = batch;
  for (let i = 0; i < size; i += 1) {
    const s = Math.min(10, Math.max(-10, observation[row * size + i] as number));
    features[i] = s;
    features[size + i] = s * s;
  }
  const t = (time[row] as number) / 100;
  features.set([t, t * t, t * t * t, 1], 2 * size);
}

/** Solves A x = b for symmetric positive definite A [D * D], both overwritten: A = L Lᵀ. */
function solve(a: Float64Array, b: Float64Array): Float64Array {
  const size = b.length;
  const at = (i: number, j: number) => a[i * size + j] as number;
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j <= i; j += 1) {
      let sum = at(i, j);
      for (let k = 0; k < j; k += 1) sum -= at(i, k) * at(j, k);
      a[i * size + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  for (let i = 0; i < size; i += 1) {
    for (let k = 0; k < i; k += 1) b[i] = (b[i] as number) - at(i, k) * (b[k] as number);
    b[i] = (b[i] as number) / at(i, i);
  }
  for (let i = size - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < size; k += 1) b[i] = (b[i] as number) - at(k, i) * (b[k] as number);
    b[i] = (b[i] as number) / at(i, i);
  }
  return b;
}

/**
 * A baseline that is linear in features of state and time, fitted to one batch by ridge regression: it has no state to go
 * stale when parameters jump, as in an inner loop.
 *
 * b(s, t) = wᵀ [s, s², t, t², t³, 1], w = (ΦᵀΦ + λ I)⁻¹ Φᵀ G, in double precision.
 *
 * @param regularization - λ > 0. Default 1e-5; a matrix that is singular in spite of it is refused.
 * @returns b(s, t) of every row, [N], masked ones too; the caller's.
 * @throws `NOT_FINITE` if the returns or states are not.
 * @see Duan, Chen, Houthooft, Schulman, Abbeel. Benchmarking Deep Reinforcement Learning. ICML 2016. arXiv:1604.06778.
 */
export function linearFeatureBaseline(batch: LinearBaselineBatch, regularization = 1e-5): Float32Array {
  const { returns, mask, observationSize } = batch;
  const size = 2 * observationSize + 4;
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  const features = new Float64Array(size);
  for (let row = 0; row < returns.length; row += 1) {
    if (mask !== undefined && mask[row] === 0) continue;
    writeFeatures(batch, row, features);
    for (let i = 0; i < size; i += 1) {
      const x = features[i] as number;
      moment[i] = (moment[i] as number) + x * (returns[row] as number);
      for (let j = 0; j <= i; j += 1)
        gram[i * size + j] = (gram[i * size + j] as number) + x * (features[j] as number);
    }
  }
  for (let i = 0; i < size; i += 1) gram[i * size + i] = (gram[i * size + i] as number) + regularization;
  const weights = solve(gram, moment);
  if (weights.some((w) => !Number.isFinite(w))) {
    throw new TasklearnError(
      'NOT_FINITE',
      'linearFeatureBaseline: the fit is not finite. Check states and returns, or raise `regularization`.',
      { quantity: 'baseline' },
    );
  }
  return returns.map((_, row) => {
    writeFeatures(batch, row, features);
    return features.reduce((sum, x, i) => sum + x * (weights[i] as number), 0);
  });
}

/** Steps made in the episode before each step, from where episodes begin; rows are copy-major [E * H]. */
export function timesInEpisode(begins: Uint8Array, length: number): Int32Array {
  const times = new Int32Array(begins.length);
  for (let row = 0; row < begins.length; row += 1)
    times[row] = row % length === 0 || begins[row] === 1 ? 0 : (times[row - 1] as number) + 1;
  return times;
}
