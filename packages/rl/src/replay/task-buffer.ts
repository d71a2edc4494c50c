import type { Rng } from '@tasklearn/core';
import { createIndexSet, type IndexSet } from './index-set.js';
import type { ReplayOptions, ReplayView } from './replay.js';
import { createSumTree, type SumTree } from './sum-tree.js';

/** The bookkeeping of one task's sub-buffer: which slot is which, marks and priorities. Rows live elsewhere. */
export interface TaskBuffer {
  /** Rows held. */
  size(): number;
  /** Rows ever added. */
  added(): number;
  /** The slot for one more row, or -1 if it is not kept. */
  place(): number;
  /** Notes what a slot now holds. */
  note(slot: number, marked: boolean): void;
  /** The slot of draw `item` of `count` from a view, or -1 if the view is empty. Draws by priority are stratified. */
  draw(rng: Rng, view: ReplayView, item: number, count: number): number;
  /** Probability of a slot under prioritised sampling, times the number of rows. */
  relativeProbability(slot: number): number;
  setPriority(slot: number, priority: number): void;
  save(): SavedTaskBuffer;
  restore(saved: SavedTaskBuffer): void;
}

/** Exact state of a sub-buffer. */
export interface SavedTaskBuffer {
  /** Size, added, marked. */
  readonly counts: Int32Array;
  /** Marked slots, then unmarked ones, in the order of their sets: draws depend on it. */
  readonly members: Int32Array;
  /** The largest priority, then the weight of each slot. */
  readonly priorities: Float32Array;
}

/** State of one sub-buffer. */
interface State {
  size: number;
  added: number;
  largest: number;
  readonly tree: SumTree | undefined;
  readonly marked: IndexSet;
  readonly unmarked: IndexSet;
}

function placeFor(state: State, { capacity, allocation, rng }: ReplayOptions): number {
  const index = state.added;
  state.added += 1;
  if (state.size < capacity) {
    state.size += 1;
    return state.size - 1;
  }
  if (allocation === 'first-come') return -1;
  if (allocation !== 'reservoir') return index % capacity;
  // Vitter's algorithm R: row n stays with probability capacity / n. A stream per row: nothing to save.
  const slot = Math.floor((rng as Rng).split(index).next() * (index + 1));
  return slot < capacity ? slot : -1;
}

function drawRecent(state: State, rng: Rng, count: number, capacity: number): number {
  const held = Math.min(count, state.size);
  if (held === 0) return -1;
  const age = rng.integer(held); // 0 is the newest.
  return state.size < capacity ? state.size - 1 - age : (state.added - 1 - age + capacity) % capacity;
}

const drawFrom = (set: IndexSet, rng: Rng) => (set.size() === 0 ? -1 : set.at(rng.integer(set.size())));

function drawBalanced({ marked, unmarked }: State, rng: Rng, half: boolean): number {
  const [wanted, other] = half ? [marked, unmarked] : [unmarked, marked];
  return drawFrom(wanted.size() > 0 ? wanted : other, rng);
}

function drawByPriority(tree: SumTree, rng: Rng, item: number, count: number): number {
  if (tree.total() === 0) return -1;
  return tree.find(((item + rng.next()) / count) * tree.total());
}

/** Draws from one sub-buffer of `capacity` rows. */
function drawer(state: State, capacity: number): TaskBuffer['draw'] {
  const { tree, marked } = state;
  return (rng, view, item, count) => {
    if (state.size === 0) return -1;
    if (typeof view === 'object') return drawRecent(state, rng, view.count, capacity);
    if (view === 'success') return drawFrom(marked, rng);
    if (view === 'balanced') return drawBalanced(state, rng, item % 2 === 0);
    return tree === undefined ? rng.integer(state.size) : drawByPriority(tree, rng, item, count);
  };
}

/** An empty sub-buffer. `rng` of the options is the task's own. */
export function createTaskBuffer(options: ReplayOptions): TaskBuffer {
  const { capacity, priorityExponent: exponent } = options;
  const state: State = {
    size: 0,
    added: 0,
    largest: 1,
    tree: exponent === undefined ? undefined : createSumTree(capacity),
    marked: createIndexSet(options.mark === undefined ? 0 : capacity),
    unmarked: createIndexSet(options.mark === undefined ? 0 : capacity),
  };
  const mark = (slot: number, marked: boolean) => {
    if (options.mark === undefined) return;
    (marked ? state.unmarked : state.marked).remove(slot);
    (marked ? state.marked : state.unmarked).add(slot);
  };
  return {
    size: () => state.size,
    added: () => state.added,
    place: () => placeFor(state, options),
    note(slot, marked) {
      mark(slot, marked);
      state.tree?.set(slot, Math.fround(state.largest ** (exponent as number)));
    },
    draw: drawer(state, capacity),
    relativeProbability: (slot) =>
      state.tree === undefined ? 1 : (state.tree.get(slot) / state.tree.total()) * state.size,
    setPriority(slot, priority) {
      if (state.tree === undefined) return;
      state.largest = Math.max(state.largest, Math.fround(priority));
      // As float32, in which it is saved: a restored tree is the same tree.
      state.tree.set(slot, Math.fround(priority ** (exponent as number)));
    },
    save: () => ({
      counts: Int32Array.of(state.size, state.added, state.marked.size()),
      members: Int32Array.from([...state.marked.members(), ...state.unmarked.members()]),
      priorities: Float32Array.from([state.largest, ...(state.tree?.weights() ?? [])]),
    }),
    restore: (saved) => restoreState(state, saved),
  };
}

function restoreState(state: State, { counts, members, priorities }: SavedTaskBuffer): void {
  [state.size, state.added] = [counts[0] as number, counts[1] as number];
  state.largest = priorities[0] as number;
  for (let slot = 0; slot < priorities.length - 1; slot += 1)
    state.tree?.set(slot, priorities[slot + 1] as number);
  for (const set of [state.marked, state.unmarked]) for (const slot of set.members()) set.remove(slot);
  members.forEach((slot, index) => {
    (index < (counts[2] as number) ? state.marked : state.unmarked).add(slot);
  });
}
