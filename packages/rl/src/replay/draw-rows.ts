import { type Rng, TasklearnError } from '@tasklearn/core';
import type { RelabelDraw } from './relabel/relabel.js';
import type { ReplayBatch, ReplayView, SampleOptions } from './replay.js';
import { createSumTree, type SumTree } from './sum-tree.js';
import { rowAt, type TrajectoryStore, treeOf } from './trajectory-store.js';

/** Weights of the slots of a task in a view. */
function treeOfView(store: TrajectoryStore, task: number, view: ReplayView, wanted: 0 | 1): SumTree {
  const all = treeOf(store, task);
  if (view === 'all') return all;
  const tree = createSumTree(store.episodes);
  const oldest = typeof view === 'object' ? (store.added[task] as number) - view.count : 0;
  for (let index = 0; index < store.episodes; index += 1) {
    const slot = task * store.episodes + index;
    const isIn =
      typeof view === 'object' ? (store.serial[slot] as number) >= oldest : store.marked[slot] === wanted;
    if (isIn) tree.set(index, all.get(index));
  }
  return tree;
}

/**
 * Draws slots of a task in a view, in proportion to length · priority; `item` counts the draws.
 *
 * @throws `@tasklearn/rl:EMPTY_REPLAY`.
 */
export function slotDrawer(
  store: TrajectoryStore,
  task: number,
  view: ReplayView,
  rng: Rng,
): (item: number) => number {
  const first = treeOfView(store, task, view, 1);
  const second = view === 'balanced' ? treeOfView(store, task, view, 0) : first;
  if (first.total() + second.total() === 0) {
    throw new TasklearnError(
      '@tasklearn/rl:EMPTY_REPLAY',
      `trajectory replay: task ${task} has no finished episode in the view. Collect some first.`,
      { task },
    );
  }
  return (item) => {
    const [wanted, other] = item % 2 === 0 ? [first, second] : [second, first];
    const tree = wanted.total() > 0 ? wanted : other;
    return task * store.episodes + tree.find(rng.next() * tree.total());
  };
}

function drawOf(
  store: TrajectoryStore,
  batch: ReplayBatch,
  slots: Int32Array,
  times: Int32Array,
): RelabelDraw {
  return {
    layout: store.layout,
    rows: batch.rows.data as Float32Array,
    tasks: batch.tasks,
    slots,
    times,
    length: (slot) => store.lengths[slot] as number,
    rowAt: (slot, time) => rowAt(store, slot, time),
    episode: (slot) =>
      (store.serial[slot] as number) * store.trees.length + Math.floor(slot / store.episodes),
    anySlot(rng, task) {
      const tree = treeOf(store, task);
      return task * store.episodes + tree.find(rng.next() * tree.total());
    },
  };
}

/** Draws rows into a batch, as they were kept; gives where they come from. */
export function fillBatch(
  store: TrajectoryStore,
  batch: ReplayBatch,
  rng: Rng,
  chosen: ArrayLike<number>,
  count: number,
  { batches = 1, view = 'all' }: SampleOptions,
): RelabelDraw {
  const rows = batch.rows.data as Float32Array;
  const slots = new Int32Array(batch.tasks.length);
  const times = new Int32Array(batch.tasks.length);
  const drawers = Array.from(chosen, (task) => slotDrawer(store, task, view, rng));
  let next = 0;
  for (let group = 0; group < batches * chosen.length; group += 1) {
    const position = group % chosen.length;
    for (let item = 0; item < count; item += 1, next += 1) {
      const slot = (drawers[position] as (item: number) => number)(item);
      const time = rng.integer(store.lengths[slot] as number);
      [slots[next], times[next]] = [slot, time];
      batch.tasks[next] = chosen[position] as number;
      batch.indices[next] = slot * store.horizon + time;
      rows.set(rowAt(store, slot, time), next * store.layout.size);
    }
  }
  return drawOf(store, batch, slots, times);
}
