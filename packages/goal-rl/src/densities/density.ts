import type { HostTensor, Tree } from '@tasklearn/core';

/** A density of states, fitted on the host to points that may carry weights. Immutable: `fit` gives another. */
export interface Density {
  /** Numbers of one state, D. */
  readonly size: number;
  /** log p(x) of N points, finite everywhere; [N * D] in, [N] out. */
  logDensity(points: Float32Array): Float64Array;
  /**
   * A density of the same kind fitted to other points, where it helps starting from this one.
   *
   * @param points - [N * D].
   * @param weights - [N], non-negative; all 1 where absent.
   */
  fit(points: Float32Array, weights?: ArrayLike<number>): Density;
  /** Everything `logDensity` and `fit` depend on. */
  save(): Tree<HostTensor>;
  /** The density with exactly that state. */
  restore(saved: Tree<HostTensor>): Density;
}
