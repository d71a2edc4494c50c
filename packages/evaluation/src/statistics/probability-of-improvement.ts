import type { ScoreMatrix } from './stratified-bootstrap.js';

/** Share of pairs (x, y) with x > y, ties counting half: the Mann-Whitney U statistic divided by n·m. */
function pairwiseWins(first: readonly number[], second: readonly number[]): number {
  let wins = 0;
  for (const x of first) {
    for (const y of second) wins += x > y ? 1 : x === y ? 0.5 : 0;
  }
  return wins / (first.length * second.length);
}

/**
 * Probability that a run of X scores higher than a run of Y on a random task.
 *
 * P(X > Y) = (1/M) Σ_m (1/(N K)) Σ_i Σ_j [1(x_{i,m} > y_{j,m}) + ½ 1(x_{i,m} = y_{j,m})]
 *
 * @param scoresX - [seeds][tasks], higher is better.
 * @param scoresY - [seeds][tasks], same tasks; the number of seeds may differ.
 * @returns a number in [0, 1]; 0.5 where neither is better.
 * @see Agarwal et al. 2021, arXiv:2108.13264, section 4.3.
 */
export function probabilityOfImprovement(scoresX: ScoreMatrix, scoresY: ScoreMatrix): number {
  const tasks = scoresX[0]?.length ?? 0;
  let sum = 0;
  for (let task = 0; task < tasks; task++) {
    sum += pairwiseWins(
      scoresX.map((row) => row[task]!),
      scoresY.map((row) => row[task]!),
    );
  }
  return sum / tasks;
}
