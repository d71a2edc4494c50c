/** Rows of `next` where `active` is 1, of `old` elsewhere; a new array. */
export function mergeRows(old: Float32Array, next: Float32Array, active: Uint8Array): Float32Array {
  const merged = old.slice();
  const size = old.length / active.length;
  for (let row = 0; row < active.length; row += 1)
    if (active[row] === 1) merged.set(next.subarray(row * size, (row + 1) * size), row * size);
  return merged;
}
