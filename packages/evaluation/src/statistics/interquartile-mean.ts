/**
 * Interquartile mean: the mean of what is left after dropping the lowest and the highest quarter.
 *
 * ⌊n/4⌋ values are dropped at each end, as `scipy.stats.trim_mean(values, 0.25)` does; with fewer than four values it
 * is the plain mean.
 *
 * @param values - scores of all runs on all tasks, in any order; not modified.
 * @returns the mean of the middle half; NaN for no values.
 * @see Agarwal, Schwarzer, Castro, Courville, Bellemare. Deep Reinforcement Learning at the Edge of the Statistical
 * Precipice. NeurIPS 2021. arXiv:2108.13264 (the rliable library).
 */
export function interquartileMean(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(sorted.length / 4);
  let sum = 0;
  for (let i = cut; i < sorted.length - cut; i++) sum += sorted[i]!;
  return sum / (sorted.length - 2 * cut);
}
