import type { HostTensor, Rng, Tree } from '@tasklearn/core';
import { createReplay } from '@tasklearn/rl';
import { hostArray } from '../networks/flat-update.js';
import type { TrialBatch } from '../trials/trial-batch.js';
import { type ContextLayout, contextOf, shownReward } from './context-set.js';
import type { PearlOptions } from './pearl-options.js';

/** What the encoder is trained on: what was seen of each training task, rewards as they are. */
export interface TrainingContexts {
  /** Adds an episode of one copy. @param prior - whether its z came from the prior. */
  add(batch: TrialBatch, copy: number, task: number, prior: boolean): void;
  /**
   * Contexts of 1 to C items of some tasks, [T, C, F + 1], the last column the mask.
   *
   * @param denseShare - share of contexts, in [0, 1], that show rewards as they are in spite of the threshold.
   */
  draw(
    chosen: Int32Array,
    denseShare: number,
    rng: Rng,
  ): {
    readonly context: HostTensor;
    /** 1, or with `feltOnly` 0 for contexts in which nothing was felt; [T]. */
    readonly weight: HostTensor;
  };
  save(): Tree<HostTensor>;
  restore(saved: Tree<HostTensor>): void;
}

type Options = Pick<PearlOptions, 'priorEpisodes' | 'contextSize' | 'feltContextShare' | 'feltOnly'>;

/** Episodes of transitions with a reward that was felt, kept per task. */
const FELT_EPISODES = 10;

/** Items of a context, one after the other, of which the first so many are of transitions that were felt. */
interface Pools {
  /** [C * F] each. */
  readonly recent: Float32Array;
  readonly felt: Float32Array;
}

/** @returns whether any reward shown is not 0. */
function writeContext(
  target: Float32Array,
  offset: number,
  layout: ContextLayout,
  { recent, felt }: Pools,
  counts: { readonly all: number; readonly felt: number; readonly dense: boolean },
): boolean {
  let told = counts.dense;
  const { features } = layout;
  const rewardAt = layout.encoding.observationSize + layout.encoding.actionSize;
  for (let item = 0; item < counts.all; item += 1) {
    const at = offset + item * (features + 1);
    const pool = item < counts.felt ? felt : recent;
    target.set(pool.subarray(item * features, (item + 1) * features), at);
    if (!counts.dense) target[at + rewardAt] = shownReward(layout, target[at + rewardAt] as number);
    told ||= target[at + rewardAt] !== 0;
    target[at + features] = 1;
  }
  return told;
}

/** Steps of one copy whose reward reaches the threshold, as features, [n * F]. */
function feltOf(layout: ContextLayout, items: Float32Array): Float32Array {
  const { features, threshold } = layout;
  const rewardAt = layout.encoding.observationSize + layout.encoding.actionSize;
  const kept: number[] = [];
  for (let from = 0; from < items.length; from += features)
    if (threshold !== null && (items[from + rewardAt] as number) >= threshold)
      kept.push(...items.subarray(from, from + features));
  return Float32Array.from(kept);
}

/** No contexts yet of so many tasks. */
export function createTrainingContexts(
  shown: ContextLayout,
  options: Options,
  tasks: number,
  horizon: number,
): TrainingContexts {
  const { priorEpisodes, contextSize: C, feltContextShare, feltOnly } = options;
  const { features } = shown;
  const layout = { ...shown, threshold: null };
  const keep = (episodes: number) =>
    createReplay({ capacity: episodes * horizon, fields: { item: features }, tasks });
  const recent = keep(priorEpisodes);
  const felt = keep(FELT_EPISODES);
  const feltPool = (task: number, rng: Rng) =>
    felt.sample(rng, C, { tasks: [task] }).rows.data as Float32Array;
  return {
    add(batch, copy, task, prior) {
      const items = contextOf(layout, batch, copy);
      if (prior) recent.add({ item: items }, task);
      const found = feltOf(shown, items);
      if (feltContextShare > 0 && found.length > 0) felt.add({ item: found }, task);
    },
    draw(chosen, denseShare, rng) {
      const drawn = recent.sample(rng.split('items'), C, { tasks: chosen }).rows.data as Float32Array;
      const contexts = new Float32Array(chosen.length * C * (features + 1));
      const weight = new Float32Array(chosen.length).fill(1);
      for (const [index, task] of chosen.entries()) {
        const all = 1 + rng.integer(C);
        const dense = rng.next() < denseShare;
        const withFelt = !dense && rng.next() < feltContextShare && felt.size(task) > 0;
        const pools = {
          recent: drawn.subarray(index * C * features, (index + 1) * C * features),
          felt: withFelt ? feltPool(task, rng.split('felt').split(index)) : drawn,
        };
        const counts = { all, felt: withFelt ? 1 + rng.integer(Math.min(all, horizon)) : 0, dense };
        const told = writeContext(contexts, index * C * (features + 1), shown, pools, counts);
        if (feltOnly && !told) weight[index] = 0;
      }
      return {
        context: hostArray([chosen.length, C, features + 1], contexts),
        weight: hostArray([chosen.length], weight),
      };
    },
    save: () => ({ recent: recent.save(), felt: felt.save() }),
    restore(saved) {
      const buffers = saved as { readonly recent: Tree<HostTensor>; readonly felt: Tree<HostTensor> };
      recent.restore(buffers.recent);
      felt.restore(buffers.felt);
    },
  };
}
