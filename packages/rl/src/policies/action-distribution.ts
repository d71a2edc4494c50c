import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * π(a | s) for a batch of observations [T, B, O]. Recordable: every method builds tensors only. Discrete actions are
 * int32 [T, B], continuous ones float32 [T, B, A].
 */
export interface ActionDistribution {
  /** `categorical`, `gaussian`, `tanhGaussian` or `deterministic`. */
  readonly family: string;
  /** The numbers that define it, [T, B, K]; `ActionHead.distribution` makes it again from them. */
  readonly numbers: Tensor;
  /** Draws actions; continuous families are differentiable in their numbers. */
  sample(rng: Rng): Tensor;
  /** The most probable action (the median, for `tanhGaussian`). */
  mode(): Tensor;
  /** log π(a | s), [T, B], for actions as drawn; discrete ones may also be float32, as roll-outs keep them. */
  logProbability(actions: Tensor): Tensor;
  /** A draw with its log-probability [T, B], without inverting anything; differentiable where the draw is. */
  sampleWithLogProbability(rng: Rng): { readonly sample: Tensor; readonly logProbability: Tensor };
  /** Entropy in nats, [T, B]. */
  entropy(): Tensor;
  /** KL(this ‖ other) in nats, [T, B]; both of one family. @throws `SHAPE_MISMATCH` for another family. */
  divergence(other: ActionDistribution): Tensor;
}

/** A family of action distributions: what turns a network's last layer into π(a | s). */
export interface ActionHead {
  /** The family of what it makes. */
  readonly family: string;
  /** K: numbers per observation that define a distribution. */
  readonly size: number;
  /** Numbers in an action as roll-outs keep it: 1 for an index, else A. */
  readonly actionSize: number;
  /** Whether actions are indices. */
  readonly discrete: boolean;
  /**
   * The distribution that a network's outputs stand for.
   *
   * @param numbers - [T, B, K].
   */
  distribution(numbers: Tensor): ActionDistribution;
}
