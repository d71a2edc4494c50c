import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** What the gates of a mixture of experts have come to. */
export interface GateUtilisation {
  /** Mean weight of each expert for each task, [T][E]; rows sum to 1. */
  readonly weights: readonly (readonly number[])[];
  /** Experts whose mean weight is below the least for every task. */
  readonly unused: readonly number[];
  /** The expert that has nearly all the weight of every task, if there is one. */
  readonly only: number | undefined;
  /** Whether either has happened. */
  readonly isPolarised: boolean;
}

/**
 * How much each task uses each expert, and whether gates have polarised: all tasks on one expert, or an expert that none uses.
 *
 * @param gates - [T, B, E], as `gated` of `mixtureOfExperts` returns them over items to measure on; not disposed.
 * @param limits - `nearlyAll` 0.95 and `least` 0.01 unless given.
 * @see Zhao et al. Recommending What Video to Watch Next. RecSys 2019, section 5.4 (gates polarise in a fifth of runs).
 */
export function gateUtilisation(
  gates: Tensor,
  { nearlyAll = 0.95, least = 0.01 }: { readonly nearlyAll?: number; readonly least?: number } = {},
): GateUtilisation {
  const weights = tf.tidy(() => tf.mean(gates, 1).arraySync() as number[][]);
  const experts = weights[0]?.map((_, expert) => expert) ?? [];
  const ofAll = (holds: (weight: number) => boolean) => (expert: number) =>
    weights.every((row) => holds(row[expert] as number));
  const unused = experts.filter(ofAll((weight) => weight < least));
  const only = experts.find(ofAll((weight) => weight > nearlyAll));
  return { weights, unused, only, isPolarised: unused.length > 0 || only !== undefined };
}
