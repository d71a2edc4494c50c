import { type HostTensor, type Rng, TasklearnError, type Tree } from '@tasklearn/core';
import { batchBuffers } from './batch-buffers.js';
import { fillBatch, slotDrawer } from './draw-rows.js';
import type { ReplayView } from './replay.js';
import type { EpisodeBatchRows, TrajectoryReplay, TrajectoryReplayOptions } from './trajectory-replay.js';
import {
  addSteps,
  addTrajectory,
  openTrajectoryStore,
  rowAt,
  type TrajectoryStore,
  weigh,
} from './trajectory-store.js';

function fillEpisodes(
  store: TrajectoryStore,
  rng: Rng,
  chosen: ArrayLike<number>,
  count: number,
  view: ReplayView,
): EpisodeBatchRows {
  const { horizon, layout, data, lengths } = store;
  const size = horizon * layout.size;
  const items = chosen.length * count;
  const rows = new Float32Array(items * size);
  const mask = new Float32Array(items * horizon);
  const slots = new Int32Array(items);
  const tasks = new Int32Array(items);
  for (let item = 0; item < items; item += 1) {
    const task = chosen[Math.floor(item / count)] as number;
    const slot = drawEpisode(store, task, view, rng, item % count);
    const length = lengths[slot] as number;
    rows.set(data.subarray(slot * size, slot * size + length * layout.size), item * size);
    mask.fill(1, item * horizon, item * horizon + length);
    [slots[item], tasks[item]] = [slot, task];
  }
  const host = (shape: readonly number[], values: Float32Array): HostTensor => ({
    dtype: 'float32',
    shape: [chosen.length, count, horizon, ...shape],
    data: values,
  });
  return { rows: host([layout.size], rows), mask: host([], mask), slots, tasks };
}

/** Uniform over episodes: proposed by length, kept with probability in proportion to 1 / length. */
function drawEpisode(store: TrajectoryStore, task: number, view: ReplayView, rng: Rng, item: number): number {
  const draw = slotDrawer(store, task, view, rng);
  for (;;) {
    const slot = draw(item);
    if (rng.next() * (store.lengths[slot] as number) < 1) return slot;
  }
}

const NAMES = ['lengths', 'priorities', 'marked', 'serial', 'added', 'steps', 'openLengths'] as const;

function saveStore(store: TrajectoryStore): Tree<HostTensor> {
  const integers = NAMES.map((name): readonly [string, HostTensor] => {
    const data = name === 'priorities' ? store[name].slice() : Int32Array.from(store[name]);
    return [name, { dtype: name === 'priorities' ? 'float32' : 'int32', shape: [data.length], data }];
  });
  const held = store.lengths.reduce((sum, length, slot) => (length > 0 ? slot + 1 : sum), 0);
  const data = store.data.slice(0, held * store.horizon * store.layout.size);
  const open = store.open.slice();
  return {
    ...Object.fromEntries(integers),
    data: { dtype: 'float32', shape: [data.length], data },
    open: { dtype: 'float32', shape: [open.length], data: open },
  };
}

function restoreStore(store: TrajectoryStore, saved: Tree<HostTensor>): void {
  const leaves = saved as Readonly<Record<string, HostTensor>>;
  const dataOf = (name: string) => leaves[name]?.data ?? new Float32Array();
  const fits =
    NAMES.every((name) => dataOf(name).length === store[name].length) &&
    dataOf('open').length === store.open.length &&
    dataOf('data').length <= store.data.length;
  if (!fits) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      'trajectory replay: this is the state of a replay of another size. Restore with the same options.',
      { expected: store.lengths.length, received: dataOf('lengths').length },
    );
  }
  for (const name of NAMES) store[name].set(dataOf(name));
  store.open.set(dataOf('open'));
  store.data.set(dataOf('data'));
  for (let slot = 0; slot < store.lengths.length; slot += 1) weigh(store, slot);
}

/**
 * A replay of whole episodes, for relabelling in hindsight and for sequences.
 *
 * An episode under way is not drawn from until it has ended.
 *
 * @throws `INVALID_OPTION`.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { createTrajectoryReplay } from '@tasklearn/rl';
 *
 * const replay = createTrajectoryReplay({ episodes: 10, horizon: 3, fields: { observation: 1 } });
 * replay.addTrajectory(Float32Array.of(1, 2));
 * replay.sampleEpisodes(createRng(0), 1).mask.data; // => new Float32Array([1, 1, 0])
 * ```
 */
export function createTrajectoryReplay(options: TrajectoryReplayOptions): TrajectoryReplay {
  let store = openTrajectoryStore(options);
  const { layout, horizon } = store;
  const tasks = options.tasks ?? 1;
  const every = Int32Array.from({ length: tasks }, (_, task) => task);
  const buffersFor = batchBuffers(layout.size);
  const stepsOf = (slot: number) => store.lengths[slot] as number;
  return {
    layout,
    horizon,
    tasks,
    size: (task = 0) => store.steps[task] as number,
    episodes: (task = 0) => Math.min(store.added[task] ?? 0, options.episodes),
    addSteps: (rows, ended, of, active) => addSteps(store, rows, ended, of, active),
    addTrajectory: (rows, task = 0, priority = 1) => addTrajectory(store, rows, task, priority),
    length: stepsOf,
    rowAt: (slot, time) => rowAt(store, slot, time),
    trajectory(slot) {
      const start = slot * horizon * layout.size;
      return store.data.slice(start, start + stepsOf(slot) * layout.size);
    },
    setPriority(slot, priority) {
      store.priorities[slot] = priority;
      weigh(store, slot);
    },
    setPriorities() {},
    sample(rng, count, given = {}) {
      const chosen = given.tasks ?? every;
      const { batch } = buffersFor(given.batches, chosen.length, count);
      const draw = fillBatch(store, batch, rng, chosen, count, given);
      options.relabel?.(draw, rng.split('relabel'));
      return batch;
    },
    sampleEpisodes: (rng, count, { tasks: chosen = every, view = 'all' } = {}) =>
      fillEpisodes(store, rng, chosen, count, view),
    clear() {
      store = openTrajectoryStore(options);
    },
    save: () => saveStore(store),
    restore: (saved) => restoreStore(store, saved),
  };
}
