/** A subset of 0 .. n-1 with a member at every position 0 .. size-1; all operations O(1). */
export interface IndexSet {
  /** Members. */
  size(): number;
  /** Member at a position. */
  at(position: number): number;
  has(index: number): boolean;
  add(index: number): void;
  remove(index: number): void;
  /** All members by position; a copy. */
  members(): Int32Array;
}

/** An empty subset of 0 .. n-1. */
export function createIndexSet(n: number): IndexSet {
  const members = new Int32Array(n);
  const position = new Int32Array(n).fill(-1);
  let size = 0;
  return {
    size: () => size,
    at: (place) => members[place] as number,
    members: () => members.slice(0, size),
    has: (index) => position[index] !== -1,
    add(index) {
      if (position[index] !== -1) return;
      members[size] = index;
      position[index] = size;
      size += 1;
    },
    remove(index) {
      const hole = position[index] as number;
      if (hole === -1) return;
      size -= 1;
      const last = members[size] as number;
      members[hole] = last;
      position[last] = hole;
      position[index] = -1;
    },
  };
}
