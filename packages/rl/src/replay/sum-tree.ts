/** Non-negative weights over n items: setting one and finding the item at a given share of the sum cost O(log n). */
export interface SumTree {
  /** Items, n. */
  readonly length: number;
  /** Sum of all weights. */
  total(): number;
  /** Weight of an item. */
  get(index: number): number;
  /** Sets the weight of an item, ≥ 0. */
  set(index: number, weight: number): void;
  /** The first item whose cumulative weight exceeds `mass`, for 0 ≤ mass < total; never one of weight 0. */
  find(mass: number): number;
  /** All weights, [n]; a copy. */
  weights(): Float64Array;
}

/**
 * A sum tree: a binary heap of partial sums, in double precision. Sums are recomputed from the children, so that they
 * do not drift.
 *
 * @see Schaul, Quan, Antonoglou, Silver. Prioritized Experience Replay. ICLR 2016, appendix B.2.1. arXiv:1511.05952.
 */
export function createSumTree(length: number): SumTree {
  let width = 1;
  while (width < length) width *= 2;
  const sums = new Float64Array(2 * width);
  const at = (node: number) => sums[node] as number;
  return {
    length,
    total: () => at(1),
    get: (index) => at(width + index),
    set(index, weight) {
      let node = width + index;
      sums[node] = weight;
      for (node >>= 1; node >= 1; node >>= 1) sums[node] = at(2 * node) + at(2 * node + 1);
    },
    find(mass) {
      let node = 1;
      let rest = mass;
      while (node < width) {
        node *= 2;
        // Rounding may leave `rest` at the sum of the left: an empty right side is never entered.
        if (rest >= at(node) && at(node + 1) > 0) {
          rest -= at(node);
          node += 1;
        }
      }
      return node - width;
    },
    weights: () => sums.slice(width, width + length),
  };
}
