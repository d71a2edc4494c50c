import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/**
 * A penalty on units that are more active, on average, than they should be: Σ_j s(β_j), β_j the mean activation of unit j over items,
 * s = 0 where β_j ≤ β, else log(β_j / β) + β / β_j − 1, the divergence between exponential distributions of these means. Recordable.
 *
 * @param features - activations ≥ 0, [..., F].
 * @param target - β > 0.
 * @returns [].
 * @see Liu, Kumaraswamy, Le, White. The Utility of Sparse Representations for Control in Reinforcement Learning. AAAI 2019.
 */
export function sparsityPenalty(features: Tensor, target: number): Scalar {
  const units = features.shape[features.rank - 1] as number;
  const means = tf.mean(features.reshape([-1, units]), 0); // β_j, [F]
  const excess = tf.maximum(means, target).div(target);
  return tf.sum(tf.log(excess).add(tf.div(1, excess)).sub(1)) as Scalar;
}

/** How units take part in representing a set of items. */
export interface RepresentationActivity {
  /** Mean over items of the share of units that are active. */
  readonly activeShare: number;
  /** Share of units that no item makes active. */
  readonly deadShare: number;
  /** Mean activation of each unit, [F]. */
  readonly means: Float32Array;
  /** Mean over pairs of classes of the cosine between their mean activations, 0 to 1 for activations ≥ 0; absent without labels. */
  readonly overlap?: number;
}

function classMeans(features: Float32Array, units: number, labels: ArrayLike<number>): Float64Array[] {
  const sums = new Map<number, Float64Array>();
  for (let item = 0; item < labels.length; item += 1) {
    const label = labels[item] as number;
    const sum = sums.get(label) ?? new Float64Array(units);
    for (let unit = 0; unit < units; unit += 1)
      sum[unit] = (sum[unit] as number) + (features[item * units + unit] as number);
    sums.set(label, sum);
  }
  return [...sums.values()];
}

function meanCosine(vectors: readonly Float64Array[]): number {
  const dot = (a: Float64Array, b: Float64Array) =>
    a.reduce((sum, value, axis) => sum + value * (b[axis] as number), 0);
  const lengths = vectors.map((vector) => Math.sqrt(dot(vector, vector)));
  let [sum, pairs] = [0, 0];
  for (let first = 0; first < vectors.length; first += 1)
    for (let second = first + 1; second < vectors.length; second += 1) {
      const length = (lengths[first] as number) * (lengths[second] as number);
      if (length > 0) sum += dot(vectors[first] as Float64Array, vectors[second] as Float64Array) / length;
      pairs += 1;
    }
  return pairs === 0 ? 0 : sum / pairs;
}

/**
 * What a representation looks like: how many units speak for an item, how many never do, and how much classes share.
 *
 * @param features - activations of n items, [n · F], row by row.
 * @param units - F.
 * @param options - `threshold`: above it a unit is active, default 0; `labels`: class of each item, [n].
 *
 * @example
 * ```ts
 * import { activityOf } from '@tasklearn/lifelong';
 *
 * const { activeShare, deadShare } = activityOf(Float32Array.of(1, 0, 0, 0, 0, 2, 0, 0), 4);
 * [activeShare, deadShare]; // => [0.25, 0.5]
 * ```
 */
export function activityOf(
  features: Float32Array,
  units: number,
  { threshold = 0, labels }: { readonly threshold?: number; readonly labels?: ArrayLike<number> } = {},
): RepresentationActivity {
  const items = features.length / units;
  const means = new Float32Array(units);
  const alive = new Uint8Array(units);
  let active = 0;
  for (const [place, value] of features.entries()) {
    const unit = place % units;
    means[unit] = (means[unit] as number) + value / items;
    if (value <= threshold) continue;
    active += 1;
    alive[unit] = 1;
  }
  return {
    activeShare: active / features.length,
    deadShare: 1 - alive.reduce((sum, value) => sum + value, 0) / units,
    means,
    ...(labels !== undefined && { overlap: meanCosine(classMeans(features, units, labels)) }),
  };
}
