import { TasklearnError } from '@tasklearn/core';

/** The optimum of a Bernoulli bandit whose arms' chances are independent and uniform a priori. */
export interface BernoulliOptimum {
  /** Greatest expected sum of rewards, over tasks and pulls. */
  readonly value: number;
  /** A best arm. `record` has successes and failures of each arm, [2 * arms]. */
  best(record: ArrayLike<number>): number;
}

/** Records beyond which the table would not fit. */
const LIMIT = 2_000_000;

/** How many ways there are to share at most `pulls` outcomes among the arms, regardless of their order. */
function recordBound(arms: number, pulls: number): number {
  let bound = 1;
  for (let index = 1; index <= 2 * arms; index += 1) bound *= (pulls + index) / index;
  let orders = 1;
  for (let arm = 2; arm <= arms; arm += 1) orders *= arm;
  return bound / orders;
}

/**
 * Exact dynamic programming over what has been seen:
 *
 * V(record) = max_a p_a (1 + V(record + success of a)) + (1 − p_a) V(record + failure of a), p_a = (s_a + 1) / (s_a + f_a + 2).
 *
 * Records that differ in the order of arms only are one. Five arms and ten pulls have about 4,000 of them.
 *
 * @param arms - >= 1.
 * @param pulls - N, >= 1.
 * @throws `INVALID_OPTION` where the table would have millions of records.
 */
export function bernoulliOptimum(arms: number, pulls: number): BernoulliOptimum {
  if (recordBound(arms, pulls) > LIMIT)
    throw new TasklearnError(
      'INVALID_OPTION',
      `bernoulliOptimum: ${arms} arms and ${pulls} pulls have too many records; use Gittins indices.`,
      { key: 'pulls', arms, pulls },
    );
  const base = pulls + 1;
  const known = new Map<number, number>();
  /** V of arms given as s * base + f, in descending order. */
  const worth = (codes: readonly number[], left: number): number => {
    if (left === 0) return 0;
    const key = codes.reduce((sum, code) => sum * base * base + code, 0);
    const before = known.get(key);
    if (before !== undefined) return before;
    let top = 0;
    for (const [arm, code] of codes.entries())
      if (arm === 0 || code !== codes[arm - 1]) top = Math.max(top, pullValue(codes, arm, left));
    known.set(key, top);
    return top;
  };
  const withArm = (codes: readonly number[], arm: number, code: number) =>
    codes.map((other, index) => (index === arm ? code : other)).sort((a, b) => b - a);
  const pullValue = (codes: readonly number[], arm: number, left: number): number => {
    const code = codes[arm] as number;
    const successes = Math.floor(code / base);
    const failures = code % base;
    const p = (successes + 1) / (successes + failures + 2);
    return (
      p * (1 + worth(withArm(codes, arm, code + base), left - 1)) +
      (1 - p) * worth(withArm(codes, arm, code + 1), left - 1)
    );
  };
  return {
    value: worth(new Array<number>(arms).fill(0), pulls),
    best(record) {
      const codes = Array.from(
        { length: arms },
        (_, arm) => (record[2 * arm] as number) * base + (record[2 * arm + 1] as number),
      );
      const left = pulls - Array.from(record).reduce((sum, count) => sum + count, 0);
      const order = codes.map((_, arm) => arm).sort((a, b) => (codes[b] as number) - (codes[a] as number));
      const sorted = order.map((arm) => codes[arm] as number);
      const values = sorted.map((_, place) => pullValue(sorted, place, left));
      return order[values.indexOf(Math.max(...values))] as number;
    },
  };
}
