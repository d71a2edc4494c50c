import type { HostTensor, Rng, StreamDistribution, StreamSpec } from '@tasklearn/core';
import { itemBatch, itemsOf } from '../memory/item-batch.js';
import type { StoredItem } from '../memory/memory.js';

/** What a meta-training episode is made of. */
export interface SequenceSettings {
  /** T, lifetimes learnt at once. */
  readonly lifetimes: number;
  /** Tasks of an episode, one after another. */
  readonly tasks: number;
  /** Steps of the stream that are learnt of each task. */
  readonly steps: number;
  /** Held-out items of each task that are asked for afterwards. */
  readonly queries: number;
}

/** T short lifetimes: what is learnt, in order, and what is asked for at the end. */
export type Sequences<Leaf> = {
  /** Classes of the items learnt, in order, [T, K], K = tasks · steps · B. */
  readonly targets: Leaf;
  /** The K items learnt, then held-out ones, [T, Q, ...]. */
  readonly queryInputs: Leaf;
  /** [T, Q]. */
  readonly queryTargets: Leaf;
};

/** Steps at which a lifetime's tasks begin. */
function startsOf(length: number, tasks: number, taskAt: (t: number) => number): number[] {
  const starts: number[] = [];
  for (let t = 0; t < length && starts.length < tasks; t += 1)
    if (t === 0 || taskAt(t) !== taskAt(t - 1)) starts.push(t);
  return starts;
}

/**
 * Draws lifetimes of the `train` split. Each episode takes some tasks of a lifetime in random order, the first steps of each to be
 * learnt and items of their test sets to be asked for.
 */
export function sampleSequences(
  distribution: StreamDistribution,
  settings: SequenceSettings,
  update: number,
  rng: Rng,
): Sequences<HostTensor> {
  const { spec } = distribution;
  const learnt: StoredItem[][] = [];
  const asked: StoredItem[][] = [];
  for (let place = 0; place < settings.lifetimes; place += 1) {
    const index = update * settings.lifetimes + place;
    const own = rng.split('tasks').split(index);
    const stream = distribution.stream('train', index, rng.split('lifetime'));
    const perTask = stream.length / spec.tasks;
    const even = Number.isInteger(perTask) && stream.step(perTask).task !== stream.step(perTask - 1).task;
    const starts = even
      ? Array.from({ length: spec.tasks }, (_, task) => task * perTask)
      : startsOf(stream.length, spec.tasks, (t) => stream.step(t).task);
    const items: StoredItem[] = [];
    const held: StoredItem[] = [];
    for (const task of own.permutation(starts.length).subarray(0, settings.tasks)) {
      for (let step = 0; step < settings.steps; step += 1) {
        const { inputs, targets } = stream.step((starts[task] as number) + step);
        items.push(...itemsOf({ inputs }, targets));
      }
      const test = stream.testSet?.(task);
      if (test === undefined || settings.queries === 0) continue;
      const all = itemsOf({ inputs: test.inputs }, test.targets);
      const order = own.split('queries').split(task).permutation(all.length);
      for (let query = 0; query < settings.queries; query += 1)
        held.push(all[order[query % all.length] as number] as StoredItem);
    }
    learnt.push(items);
    asked.push([...items, ...held]);
  }
  const support = asTensors(spec, learnt);
  const query = asTensors(spec, asked);
  return { targets: support.targets, queryInputs: query.inputs, queryTargets: query.targets };
}

function asTensors(spec: StreamSpec, rows: readonly (readonly StoredItem[])[]) {
  const { inputs, targets } = itemBatch(spec, rows, rows[0]?.length ?? 0);
  return { inputs, targets };
}
