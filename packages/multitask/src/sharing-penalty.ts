import { leavesOf, type Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { MultiTaskParameters } from './engine/architecture.js';

/** `pairwise` Σ_{t<u} ‖θ_t − θ_u‖²; `centroid` Σ_t ‖θ_t − mean‖², which is the former over T. */
export type SharingPenalty = 'pairwise' | 'centroid';

/** Σ_t ‖θ_t − mean_t θ_t‖² of one leaf [T, ...], []. */
function spread(leaf: Tensor): Tensor {
  return tf.sum(tf.square(leaf.sub(tf.mean(leaf, 0, true))));
}

/**
 * Soft sharing: λ R(θ_1, ..., θ_T) pulls the tasks' own layers together. λ = 0 are independent networks, λ → ∞ one network.
 *
 * Heads are left out: tasks need not have the same labels.
 *
 * @param strength - λ ≥ 0.
 * @returns a penalty of the parameters, [].
 */
export function sharingPenalty(
  kind: SharingPenalty,
  strength: number,
): (theta: MultiTaskParameters) => Tensor {
  return ({ perTask }) => {
    const layers = Object.entries(perTask).filter(([name]) => !name.startsWith('head '));
    const leaves = layers.flatMap(([, layer]) => leavesOf(layer as Tree<Tensor>));
    if (leaves.length === 0) return tf.scalar(0);
    const tasks = (leaves[0] as Tensor).shape[0] as number;
    const total = leaves.map(spread).reduce((sum, each) => sum.add(each));
    return total.mul(kind === 'pairwise' ? strength * tasks : strength);
  };
}
