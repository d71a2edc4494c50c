import type { Rng } from '@tasklearn/core';

/** One item of a stream, as it is kept; nobody writes to its arrays. */
export interface StoredItem {
  readonly inputs: Float32Array;
  /** A class index, or the numbers of a regression. */
  readonly targets: Float32Array | Int32Array;
  /** Its task, where it was told. */
  readonly task: number;
}

/** Items kept, and how many were offered. */
export interface MemoryState {
  readonly items: readonly StoredItem[];
  readonly seen: number;
}

/** How items are kept. States are immutable; items are shared between them. */
export interface Memory {
  /** Most items it keeps. */
  readonly capacity: number;
  /** Offers items in order. */
  add(state: MemoryState, items: readonly StoredItem[], rng: Rng): MemoryState;
}

/** Nothing kept yet. */
export const emptyMemory: MemoryState = { items: [], seen: 0 };

/** Which items a memory keeps. */
export type MemoryKind = 'none' | 'all' | 'ring' | 'perTask' | 'reservoir' | 'classBalanced';

function ring(size: number): Memory['add'] {
  return ({ items, seen }, added) => ({
    items: [...items, ...added].slice(-size),
    seen: seen + added.length,
  });
}

function perTask(size: number, tasks: number): Memory['add'] {
  const share = Math.floor(size / tasks);
  return (state, added) => {
    let items = state.items;
    for (const item of added) {
      const own = items.filter(({ task }) => task === item.task);
      const oldest = own.length < share ? undefined : own[0];
      items = share === 0 ? items : [...items.filter((kept) => kept !== oldest), item];
    }
    return { items, seen: state.seen + added.length };
  };
}

/** Item t takes a place with probability M / t: at any time every item seen is kept with the same probability. */
function reservoir(size: number): Memory['add'] {
  return (state, added, rng) => {
    const items = [...state.items];
    let { seen } = state;
    for (const item of added) {
      seen += 1;
      if (items.length < size) {
        items.push(item);
        continue;
      }
      const place = rng.integer(seen);
      if (place < size) items[place] = item;
    }
    return { items, seen };
  };
}

/** When full, an item of the most frequent class makes room for one of a rarer class. */
function classBalanced(size: number): Memory['add'] {
  return (state, added, rng) => {
    const items = [...state.items];
    for (const item of added) {
      if (items.length < size) {
        items.push(item);
        continue;
      }
      const places = placesOfLargestClass(items);
      const place = places[rng.integer(Math.max(1, places.length))];
      if (place !== undefined) items[place] = item;
    }
    return { items, seen: state.seen + added.length };
  };
}

function placesOfLargestClass(items: readonly StoredItem[]): readonly number[] {
  const places = new Map<number, number[]>();
  for (const [place, { targets }] of items.entries()) {
    const label = targets[0] as number;
    const known = places.get(label);
    if (known === undefined) places.set(label, [place]);
    else known.push(place);
  }
  return [...places.values()].reduce((most, own) => (own.length > most.length ? own : most), []);
}

/**
 * A memory of a kind.
 *
 * @param size - M, most items kept; of no meaning to `none` and `all`.
 * @param tasks - tasks of the stream: `perTask` keeps the last M / T items of each.
 * @see Vitter. Random Sampling with a Reservoir. ACM Transactions on Mathematical Software 11, 1985 (`reservoir`).
 */
export function createMemory(kind: MemoryKind, size: number, tasks: number): Memory {
  if (kind === 'none') return { capacity: 0, add: (state) => state };
  if (kind === 'all') return { capacity: Number.POSITIVE_INFINITY, add: ring(Number.POSITIVE_INFINITY) };
  const add = { ring, reservoir, classBalanced, perTask: (most: number) => perTask(most, tasks) }[kind](size);
  return { capacity: size, add: size === 0 ? (state) => state : add };
}
