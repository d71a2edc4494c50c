/**
 * Two-sided exact sign test: how likely so uneven a split of wins and losses is when both are equally likely.
 *
 * p = min(1, 2 Σ_{k ≤ min(w, l)} C(w + l, k) 2^−(w+l)); ties are left out.
 *
 * @param differences - one per pair.
 * @returns the p-value in (0, 1]; 1 where all differences are zero.
 */
export function signTest(differences: ArrayLike<number>): number {
  let wins = 0;
  let losses = 0;
  for (let i = 0; i < differences.length; i++) {
    if (differences[i]! > 0) wins++;
    else if (differences[i]! < 0) losses++;
  }
  const count = wins + losses;
  let logTerm = -count * Math.LN2; // ln C(n, 0) 2^-n
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= Math.min(wins, losses); k++) {
    logTerm += Math.log((count - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
