import type { Rng } from '@tasklearn/core';

/**
 * Draws distinct integers from [0, n), n up to `capacity`: the first places of a Fisher-Yates shuffle whose swaps are
 * undone afterwards, so a draw costs as much as it returns, whatever n is, and allocates nothing.
 *
 * @returns a function that writes `count` <= n distinct integers to the front of `out`, in random order.
 */
export function createDrawer(
  capacity: number,
): (count: number, n: number, rng: Rng, out: Int32Array) => void {
  const order = Int32Array.from({ length: capacity }, (_, index) => index);
  return (count, n, rng, out) => {
    for (let index = 0; index < count; index++) {
      const other = index + rng.integer(n - index);
      const drawn = order[other] as number;
      order[other] = order[index] as number;
      out[index] = drawn;
      order[index] = drawn;
    }
    // Only places below `count` and those drawn were changed; each place's own number is its index.
    for (let index = 0; index < count; index++) {
      const drawn = out[index] as number;
      order[drawn] = drawn;
    }
    for (let index = 0; index < count; index++) order[index] = index;
  };
}
