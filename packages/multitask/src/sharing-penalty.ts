import { leavesOf, mapTree, type Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { MultiTaskParameters } from './engine/architecture.js';

/** `pairwise` Σ_{t<u} ‖θ_t − θ_u‖²; `centroid` Σ_t ‖θ_t − mean‖², which is the former over T. */
export type SharingPenalty = 'pairwise' | 'centroid';

/** What a {@link sharingPenalty} may be told besides. */
export interface SharingPenaltyOptions {
  /** Only tasks of one group are pulled together; tasks by their place among all. Null: all of them. */
  readonly groups?: readonly (readonly number[])[] | null;
  /** Whether heads are pulled too: for tasks with the same labels. Default false. */
  readonly heads?: boolean;
  /** Strength of Σ_t ‖θ_t‖² beside it. Default 0. */
  readonly ridge?: number;
}

type Leaf = { readonly leaf: Tensor; readonly tasks: number };

/** What of the parameters is pulled together: leaves [T, ...]. */
function penalised({ perTask }: MultiTaskParameters, heads: boolean): readonly Leaf[] {
  const layers = Object.entries(perTask).filter(([name]) => heads || !name.startsWith('head '));
  return layers
    .flatMap(([, layer]) => leavesOf(layer as Tree<Tensor>))
    .map((leaf) => ({ leaf, tasks: leaf.shape[0] as number }));
}

/** What is pulled together, the first task's layers in every task's place. Takes over the parameters given. */
export function begunAsOne(theta: MultiTaskParameters, heads: boolean): MultiTaskParameters {
  const perTask = Object.fromEntries(
    Object.entries(theta.perTask).map(([name, layer]) => {
      if (!heads && name.startsWith('head ')) return [name, layer];
      const same = mapTree(layer, (leaf: Tensor) =>
        tf.tidy(() => {
          const [tasks = 1] = leaf.shape;
          const first = leaf.slice(0, 1);
          return tf.tile(first, [tasks, ...Array<number>(leaf.rank - 1).fill(1)]);
        }),
      );
      for (const leaf of leavesOf<Tensor>(layer)) leaf.dispose();
      return [name, same];
    }),
  );
  return { ...theta, perTask };
}

const total = (terms: readonly Tensor[]) =>
  terms.length === 0 ? tf.scalar(0) : terms.reduce((sum, each) => sum.add(each));

/** Σ_{t<u} A_tu ‖θ_t − θ_u‖² = tr(Θᵀ L Θ), L = diag(A 1) − A, of one leaf [T, ...]; [] . */
function pulled(leaf: Tensor, affinities: Tensor): Tensor {
  const rows = leaf.reshape([leaf.shape[0] as number, -1]);
  const degrees = tf.sum(affinities, 1, true); // [T, 1]
  return tf.sum(rows.mul(rows.mul(degrees).sub(tf.matMul(affinities, rows))));
}

/**
 * Soft sharing by known similarities: λ Σ_{t<u} A_tu ‖θ_t − θ_u‖². All of them 1 is `pairwise`.
 *
 * @param affinities - A, symmetric, T x T; the diagonal does not matter.
 * @param strength - λ ≥ 0.
 * @returns a penalty of the parameters, [].
 */
export function affinityPenalty(
  affinities: readonly (readonly number[])[],
  strength: number,
  { heads = false, ridge = 0 }: Omit<SharingPenaltyOptions, 'groups'> = {},
): (theta: MultiTaskParameters) => Tensor {
  return (theta) => {
    const A = tf.tensor2d(affinities.map((row) => [...row]));
    const leaves = penalised(theta, heads);
    const pulls = leaves.map(({ leaf }) => pulled(leaf, A).mul(strength));
    if (ridge === 0) return total(pulls);
    return total([...pulls, ...leaves.map(({ leaf }) => tf.sum(tf.square(leaf)).mul(ridge))]);
  };
}

/** 1 for two tasks of one group (over the group's size for `centroid`), 0 else. */
function groupAffinities(
  kind: SharingPenalty,
  groups: readonly (readonly number[])[],
  tasks: number,
): number[][] {
  const affinities = Array.from({ length: tasks }, () => new Array<number>(tasks).fill(0));
  for (const group of groups)
    for (const t of group)
      for (const u of group)
        if (t !== u) (affinities[t] as number[])[u] = kind === 'pairwise' ? 1 : 1 / group.length;
  return affinities;
}

/**
 * Soft sharing: λ R(θ_1, ..., θ_T) pulls the tasks' own layers together. λ = 0 are independent networks, λ → ∞ one network (or
 * one per group).
 *
 * Heads are left out unless told: tasks need not have the same labels.
 *
 * @param strength - λ ≥ 0.
 * @returns a penalty of the parameters, [].
 */
export function sharingPenalty(
  kind: SharingPenalty,
  strength: number,
  { groups = null, heads = false, ridge = 0 }: SharingPenaltyOptions = {},
): (theta: MultiTaskParameters) => Tensor {
  return (theta) => {
    const [first] = penalised(theta, heads);
    if (first === undefined) return tf.scalar(0);
    const all = groups ?? [Array.from({ length: first.tasks }, (_, task) => task)];
    return affinityPenalty(groupAffinities(kind, all, first.tasks), strength, { heads, ridge })(theta);
  };
}
