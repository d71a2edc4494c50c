import { requireInteger, TasklearnError } from '@tasklearn/core';
import { type FieldLayout, fieldLayout, placeOf } from './field-layout.js';
import { createSumTree, type SumTree } from './sum-tree.js';
import type { TrajectoryReplayOptions } from './trajectory-replay.js';

/** Slots of all tasks: slot t * episodes + i is the i-th of task t. */
export interface TrajectoryStore {
  readonly layout: FieldLayout;
  readonly horizon: number;
  /** Slots of each task. */
  readonly episodes: number;
  /** [tasks * episodes * H * F]. */
  readonly data: Float32Array;
  /** [slots]. */
  readonly lengths: Int32Array;
  readonly priorities: Float32Array;
  readonly marked: Uint8Array;
  /** Which episode of its task a slot holds. */
  readonly serial: Int32Array;
  /** Episodes ever added, [tasks]. */
  readonly added: Int32Array;
  /** Steps held, [tasks]. */
  readonly steps: Int32Array;
  /** length · priority of each slot, per task. */
  readonly trees: readonly SumTree[];
  /** Episodes under way, [E * H * F], and their steps, [E]. */
  readonly open: Float32Array;
  readonly openLengths: Int32Array;
  /** Place of the mark in a row, or -1. */
  readonly mark: number;
}

/** An empty store. @throws `INVALID_OPTION`. */
export function openTrajectoryStore(options: TrajectoryReplayOptions): TrajectoryStore {
  const owner = 'createTrajectoryReplay';
  const { episodes, horizon, tasks = 1, copies = 1, mark } = options;
  for (const key of ['episodes', 'horizon'] as const) requireInteger(owner, options, key);
  for (const [key, value] of Object.entries({ tasks, copies })) requireInteger(owner, { [key]: value }, key);
  const layout = fieldLayout(options.fields);
  const slots = tasks * episodes;
  return {
    layout,
    horizon,
    episodes,
    data: new Float32Array(slots * horizon * layout.size),
    lengths: new Int32Array(slots),
    priorities: new Float32Array(slots).fill(1),
    marked: new Uint8Array(slots),
    serial: new Int32Array(slots).fill(-1),
    added: new Int32Array(tasks),
    steps: new Int32Array(tasks),
    trees: Array.from({ length: tasks }, () => createSumTree(episodes)),
    open: new Float32Array(copies * horizon * layout.size),
    openLengths: new Int32Array(copies),
    mark: mark === undefined ? -1 : placeOf(layout, mark).offset,
  };
}

/** length · priority of the slots of a task. @throws `SHAPE_MISMATCH` for a task that does not exist. */
export function treeOf(store: TrajectoryStore, task: number): SumTree {
  const tree = store.trees[task];
  if (tree !== undefined) return tree;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `trajectory replay: there is no task ${task}; it has ${store.trees.length}.`,
    { received: task, expected: store.trees.length },
  );
}

/** Sets a slot's weight anew. */
export function weigh(store: TrajectoryStore, slot: number): void {
  const task = Math.floor(slot / store.episodes);
  const weight = (store.lengths[slot] as number) * (store.priorities[slot] as number);
  treeOf(store, task).set(slot - task * store.episodes, weight);
}

/** Keeps a whole episode in place of the oldest; gives its slot. */
export function addTrajectory(
  store: TrajectoryStore,
  rows: Float32Array,
  task: number,
  priority: number,
): number {
  const { layout, horizon, episodes, mark } = store;
  const length = rows.length / layout.size;
  treeOf(store, task);
  if (!Number.isInteger(length) || length < 1 || length > horizon) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `trajectory replay: an episode has 1 to ${horizon} rows of ${layout.size} numbers, got ${rows.length} numbers.`,
      { expected: horizon * layout.size, received: rows.length },
    );
  }
  const serial = store.added[task] as number;
  const slot = task * episodes + (serial % episodes);
  store.added[task] = serial + 1;
  store.steps[task] = (store.steps[task] as number) + length - (store.lengths[slot] as number);
  store.data.set(rows, slot * horizon * layout.size);
  store.lengths[slot] = length;
  store.priorities[slot] = priority;
  store.serial[slot] = serial;
  store.marked[slot] = 0;
  for (let time = 0; mark >= 0 && time < length; time += 1)
    if ((rows[time * layout.size + mark] as number) > 0.5) store.marked[slot] = 1;
  weigh(store, slot);
  return slot;
}

/** Takes one step of each active copy; gives the slots of episodes that ended. */
export function addSteps(
  store: TrajectoryStore,
  rows: Float32Array,
  ended: Uint8Array,
  tasks?: ArrayLike<number>,
  active?: Uint8Array,
): readonly number[] {
  const { layout, horizon, open, openLengths } = store;
  const finished: number[] = [];
  for (let copy = 0; copy < openLengths.length; copy += 1) {
    if (active !== undefined && active[copy] === 0) continue;
    const length = openLengths[copy] as number;
    const start = copy * horizon * layout.size;
    open.set(rows.subarray(copy * layout.size, (copy + 1) * layout.size), start + length * layout.size);
    openLengths[copy] = length + 1;
    if (ended[copy] !== 1 && length + 1 < horizon) continue;
    const whole = open.subarray(start, start + (length + 1) * layout.size);
    finished.push(addTrajectory(store, whole, tasks?.[copy] ?? 0, 1));
    openLengths[copy] = 0;
  }
  return finished;
}

/** One step; a view. */
export function rowAt({ data, horizon, layout }: TrajectoryStore, slot: number, time: number): Float32Array {
  const start = (slot * horizon + time) * layout.size;
  return data.subarray(start, start + layout.size);
}
