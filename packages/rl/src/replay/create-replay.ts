import {
  type HostTensor,
  type Rng,
  requireInRange,
  requireInteger,
  requireOneOf,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import { type BatchBuffers, batchBuffers } from './batch-buffers.js';
import { type FieldLayout, fieldLayout, placeOf, writeField } from './field-layout.js';
import type { Replay, ReplayBatch, ReplayOptions, SampleOptions } from './replay.js';
import { createTaskBuffer, type SavedTaskBuffer, type TaskBuffer } from './task-buffer.js';

/** A replay's rows and the books of each task. */
interface Store {
  readonly layout: FieldLayout;
  readonly capacity: number;
  /** [tasks * capacity * F]. */
  readonly data: Float32Array;
  readonly buffers: readonly TaskBuffer[];
  /** Place of the mark in a row, or -1. */
  readonly mark: number;
}

function validate(options: ReplayOptions): void {
  const owner = 'createReplay';
  requireInteger(owner, options, 'capacity');
  const { tasks = 1, allocation = 'ring', priorityExponent = 0 } = options;
  requireInteger(owner, { tasks }, 'tasks');
  requireOneOf(owner, { allocation }, 'allocation', ['ring', 'reservoir', 'first-come']);
  requireInRange(owner, { priorityExponent }, 'priorityExponent', 0, Number.MAX_VALUE);
  if (allocation === 'reservoir' && options.rng === undefined) {
    throw new TasklearnError(
      'INVALID_OPTION',
      'createReplay: a reservoir needs option `rng` to decide what it keeps.',
      { key: 'rng' },
    );
  }
}

function openStore(options: ReplayOptions): Store {
  validate(options);
  const { capacity, tasks = 1, rng, mark } = options;
  const layout = fieldLayout(options.fields);
  const buffers = Array.from({ length: tasks }, (_, task) =>
    createTaskBuffer({ ...options, ...(rng === undefined ? {} : { rng: rng.split(task) }) }),
  );
  const data = new Float32Array(tasks * capacity * layout.size);
  return { layout, capacity, data, buffers, mark: mark === undefined ? -1 : placeOf(layout, mark).offset };
}

function bufferOf({ buffers }: Store, task: number): TaskBuffer {
  const buffer = buffers[task];
  if (buffer !== undefined) return buffer;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `replay: there is no task ${task}; this replay has ${buffers.length}.`,
    { received: task, expected: buffers.length },
  );
}

function addRows(store: Store, rows: Float32Array, task: number): void {
  const { layout, capacity, data, mark } = store;
  const buffer = bufferOf(store, task);
  if (rows.length % layout.size !== 0) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `replay.addRows: rows have ${layout.size} numbers, got ${rows.length} numbers.`,
      { expected: layout.size, received: rows.length },
    );
  }
  for (let start = 0; start < rows.length; start += layout.size) {
    const slot = buffer.place();
    if (slot < 0) continue;
    data.set(rows.subarray(start, start + layout.size), (task * capacity + slot) * layout.size);
    buffer.note(slot, mark >= 0 && (rows[start + mark] as number) > 0.5);
  }
}

function packRows(layout: FieldLayout, values: Readonly<Record<string, ArrayLike<number>>>): Float32Array {
  const [first = '', place = { size: 1 }] = Object.entries(layout.fields)[0] ?? [];
  const count = Math.floor((values[first]?.length ?? 0) / place.size);
  const rows = new Float32Array(count * layout.size);
  for (const [name, { size }] of Object.entries(layout.fields)) {
    const given = values[name];
    if (given === undefined || given.length !== count * size) {
      throw new TasklearnError(
        'SHAPE_MISMATCH',
        `replay.add: field \`${name}\` of ${count} rows needs ${count * size} numbers, got ${given?.length ?? 'none'}.`,
        { field: name, expected: count * size, received: given?.length },
      );
    }
    writeField(layout, rows, name, given, count);
  }
  return rows;
}

function emptyReplay(task: number, view: unknown): TasklearnError {
  const shown = typeof view === 'object' ? 'recent' : String(view);
  return new TasklearnError(
    '@tasklearn/rl:EMPTY_REPLAY',
    `replay.sample: task ${task} has no row in the view '${shown}'. Collect some first.`,
    { task, view: shown },
  );
}

/** (N p)^−β over its largest value in the batch. */
function setWeights({ weights }: BatchBuffers, relative: Float64Array, correction: number): void {
  let largest = 0;
  for (let index = 0; index < weights.length; index += 1) {
    const weight = (relative[index] as number) ** -correction;
    weights[index] = weight;
    largest = Math.max(largest, weight);
  }
  for (let index = 0; index < weights.length; index += 1)
    weights[index] = (weights[index] as number) / largest;
}

function sampleRows(
  store: Store,
  buffers: BatchBuffers,
  rng: Rng,
  chosen: ArrayLike<number>,
  count: number,
  { batches = 1, view = 'all', correction = 1 }: SampleOptions,
): ReplayBatch {
  const { capacity, data, layout } = store;
  const { indices, tasks } = buffers.batch;
  const relative = new Float64Array(indices.length);
  let next = 0;
  for (let batch = 0; batch < batches; batch += 1) {
    for (let position = 0; position < chosen.length; position += 1) {
      const task = chosen[position] as number;
      const buffer = bufferOf(store, task);
      for (let item = 0; item < count; item += 1, next += 1) {
        const slot = buffer.draw(rng, view, item, count);
        if (slot < 0) throw emptyReplay(task, view);
        const index = task * capacity + slot;
        indices[next] = index;
        tasks[next] = task;
        relative[next] = buffer.relativeProbability(slot);
        buffers.rows.set(data.subarray(index * layout.size, (index + 1) * layout.size), next * layout.size);
      }
    }
  }
  setWeights(buffers, relative, correction);
  return buffers.batch;
}

/** The state as host tensors: the filled part of every task. */
function saveStore({ buffers, data, layout, capacity }: Store): Tree<HostTensor> {
  return buffers.map((buffer, task): Tree<HostTensor> => {
    const { counts, members, priorities } = buffer.save();
    const start = task * capacity * layout.size;
    const rows = data.slice(start, start + buffer.size() * layout.size);
    return {
      counts: { dtype: 'int32', shape: [counts.length], data: counts },
      members: { dtype: 'int32', shape: [members.length], data: members },
      priorities: { dtype: 'float32', shape: [priorities.length], data: priorities },
      rows: { dtype: 'float32', shape: [buffer.size(), layout.size], data: rows },
    };
  });
}

type SavedTask = Readonly<Record<'counts' | 'members' | 'priorities' | 'rows', HostTensor>>;

function restoreStore(store: Store, saved: Tree<HostTensor>): void {
  const tasks = saved as unknown as readonly SavedTask[];
  const fits = (task: SavedTask) =>
    task.rows.shape[1] === store.layout.size && (task.rows.shape[0] as number) <= store.capacity;
  if (tasks.length !== store.buffers.length || !tasks.every(fits)) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `replay.restore: the state is not of a replay with ${store.buffers.length} tasks of ${store.capacity} rows of ${store.layout.size} numbers.`,
      { expected: store.layout.size, received: tasks[0]?.rows.shape },
    );
  }
  tasks.forEach(({ counts, members, priorities, rows }, task) => {
    store.data.set(rows.data, task * store.capacity * store.layout.size);
    const books = { counts: counts.data, members: members.data, priorities: priorities.data };
    bufferOf(store, task).restore(books as SavedTaskBuffer);
  });
}

/**
 * A replay of transitions: for each task a buffer of `capacity` rows over one typed array.
 *
 * @throws `INVALID_OPTION`.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { createReplay } from '@tasklearn/rl';
 *
 * const replay = createReplay({ capacity: 100, fields: { observation: 2, action: 1 } });
 * replay.add({ observation: [1, 2, 3, 4], action: [5, 6] });
 * replay.size(); // => 2
 * replay.sample(createRng(0), 8).rows.shape; // => [1, 8, 3]
 * ```
 *
 * @see Lin. Self-Improving Reactive Agents. Machine Learning 8, 1992; Schaul, Quan, Antonoglou, Silver. Prioritized
 * Experience Replay. ICLR 2016. arXiv:1511.05952.
 */
export function createReplay(options: ReplayOptions): Replay {
  let store = openStore(options);
  const { layout, capacity } = store;
  const tasks = options.tasks ?? 1;
  const every = Int32Array.from({ length: tasks }, (_, task) => task);
  const buffersFor = batchBuffers(layout.size);
  return {
    layout,
    capacity,
    tasks,
    size: (task = 0) => bufferOf(store, task).size(),
    added: (task = 0) => bufferOf(store, task).added(),
    add: (values, task = 0) => addRows(store, packRows(layout, values), task),
    addRows: (rows, task = 0) => addRows(store, rows, task),
    row(index, task = 0) {
      const start = (task * capacity + index) * layout.size;
      return store.data.slice(start, start + layout.size);
    },
    sample(rng, count, given = {}) {
      const chosen = given.tasks ?? every;
      return sampleRows(store, buffersFor(given.batches, chosen.length, count), rng, chosen, count, given);
    },
    setPriorities(indices, priorities) {
      indices.forEach((index, item) => {
        const task = Math.floor(index / capacity);
        bufferOf(store, task).setPriority(index - task * capacity, priorities[item] as number);
      });
    },
    clear() {
      store = openStore(options);
    },
    save: () => saveStore(store),
    restore: (saved) => restoreStore(store, saved),
  };
}
