/** Indices of a Bernoulli arm for every record and number of pulls left. */
export interface GittinsTable {
  /** Pulls in total, N. */
  readonly pulls: number;
  /**
   * The index of an arm.
   *
   * @param successes - and `failures`: its record; prior Beta(1, 1).
   * @param left - pulls left in total, in [1, N - successes - failures].
   */
  index(successes: number, failures: number, left: number): number;
}

const LEVELS = 512;

/** Place of the record (s, f) in a triangle of records ordered by s + f. */
const place = (successes: number, failures: number) => {
  const total = successes + failures;
  return (total * (total + 1)) / 2 + successes;
};

/** p − λ + γ (p V(s + 1, f) + (1 − p) V(s, f + 1)): one more pull that costs λ, then what is best. */
function continuation(
  later: Float64Array,
  successes: number,
  failures: number,
  cost: number,
  discount: number,
): number {
  const p = (successes + 1) / (successes + failures + 2);
  const win = later[place(successes + 1, failures)] as number;
  const lose = later[place(successes, failures + 1)] as number;
  return p - cost + discount * (p * win + (1 - p) * lose);
}

/**
 * Finite-horizon Gittins indices of Bernoulli arms with prior Beta(1, 1): the cost λ per pull at which it is as good to
 * stop at once as to pull at least once and stop when best,
 *
 * λ(s, f, m) = sup over 1 ≤ τ ≤ m of E[Σ_{t<τ} X_t] / E[τ].
 *
 * Found by dynamic programming at 512 costs and interpolation; right to about 1e-5. Time and memory grow with N³.
 *
 * @param pulls - N, in [1, 150].
 * @see Gittins. Bandit processes and dynamic allocation indices. 1979; Kaufmann. On Bayesian index policies for sequential
 *   resource allocation. Annals of Statistics, 2018. arXiv:1601.01190, for the finite horizon.
 */
export function finiteGittins(pulls: number): GittinsTable {
  // Layer m - 1 holds the indices with m pulls left.
  const layers = Array.from({ length: pulls }, (_, before) =>
    new Float64Array(place(0, pulls - before)).fill(Number.NaN),
  );
  const previous = layers.map((layer) => new Float64Array(layer.length));
  for (let level = 0; level <= LEVELS; level += 1) {
    const cost = level / LEVELS;
    let later: Float64Array = new Float64Array(place(0, pulls + 1));
    for (let left = 1; left <= pulls; left += 1) {
      const indices = layers[left - 1] as Float64Array;
      const before = previous[left - 1] as Float64Array;
      const now = new Float64Array(indices.length);
      for (let total = 0; total <= pulls - left; total += 1)
        for (let successes = 0; successes <= total; successes += 1) {
          const at = place(successes, total - successes);
          const value = continuation(later, successes, total - successes, cost, 1);
          now[at] = Math.max(0, value);
          // The first cost at which pulling does not pay; between the two costs the value is all but linear.
          if (value <= 0 && Number.isNaN(indices[at] as number))
            indices[at] = cost - (level === 0 ? 0 : value / (value - (before[at] as number))) / LEVELS;
          before[at] = value;
        }
      later = now;
    }
  }
  return {
    pulls,
    index: (successes, failures, left) =>
      (layers[left - 1] as Float64Array)[place(successes, failures)] as number,
  };
}

/**
 * The Gittins index of a Bernoulli arm with posterior Beta(α, β) under a discount, to about 1e-6: the reward of a sure
 * arm as good as this one.
 *
 * @param alpha - α, an integer >= 1.
 * @param beta - β, an integer >= 1.
 * @param discount - γ in (0, 1). Looks ahead until γⁿ < 1e-8.
 *
 * @example
 * ```ts
 * import { gittinsIndex } from '@tasklearn/environments';
 *
 * gittinsIndex(1, 1, 0.9).toFixed(4); // => '0.7029'
 * ```
 *
 * @see Gittins, Glazebrook, Weber. Multi-armed Bandit Allocation Indices. 2011, tables of chapter 8.
 */
export function gittinsIndex(alpha: number, beta: number, discount: number): number {
  const depth = Math.ceil(Math.log(1e-8) / Math.log(discount));
  const pays = (cost: number) => {
    let later = new Float64Array(depth + 1);
    for (let ahead = depth - 1; ahead >= 0; ahead -= 1) {
      const now = new Float64Array(ahead + 1);
      for (let wins = 0; wins <= ahead; wins += 1) {
        const p = (alpha + wins) / (alpha + beta + ahead);
        const next = p * (later[wins + 1] as number) + (1 - p) * (later[wins] as number);
        now[wins] = Math.max(0, p - cost + discount * next);
      }
      later = now;
    }
    return (later[0] as number) > 0;
  };
  let [low, high] = [0, 1];
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (pays(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
