import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';

/** Parameters of an expert that are meta-learned: its prior and its noise. */
export type ExpertParameters = { readonly [name: string]: Tensor };

/** What an expert remembers of a segment; leaves [B, R, ...] for B streams and R run lengths. */
export type Statistics = { readonly [name: string]: Tensor };

/** What is expected of an item by each posterior, before its target is known. */
export type Expectation = {
  /** Numbers [B, R, D], or probabilities of classes [B, R, N]. */
  readonly means: Tensor;
  /** σ of numbers, [B, R, D]; absent for classes. */
  readonly deviations?: Tensor;
  /** log p(x | η_r), [B, R]; absent where inputs are not modelled. */
  readonly logInputs?: Tensor;
};

/** An item seen by each posterior. */
export type Judgement = {
  /** log p(x | η_r), [B, R]; absent where inputs are not modelled. */
  readonly logInputs?: Tensor;
  /** log p(y | x, η_r), [B, R]. */
  readonly logTargets: Tensor;
  /** Statistics after the item. */
  readonly statistics: Statistics;
};

/** A predictor on features whose posterior is exact and moved by one item at a time, for many run lengths at once. */
export interface Expert {
  /** First parameters, for F features. The caller disposes. */
  init(features: number, rng: Rng): ExpertParameters;
  /** Statistics of no data, [B, 1, ...]. */
  prior(parameters: ExpertParameters, streams: number): Statistics;
  /** What every run length predicts of an item, from `features` φ(x), [B, F]. */
  expect(parameters: ExpertParameters, statistics: Statistics, features: Tensor): Expectation;
  /**
   * Judges an item, then learns it.
   *
   * @param features - φ(x), [B, F].
   * @param targets - [B, D] or classes [B].
   * @param mask - [B]; where it is 0 the item is judged but not learnt. Default: all are learnt.
   */
  observe(
    parameters: ExpertParameters,
    statistics: Statistics,
    features: Tensor,
    targets: Tensor,
    mask?: Tensor,
  ): Judgement;
}
