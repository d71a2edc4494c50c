/** How often each of 0 .. n-1 occurs. */
export function frequencies(values: Iterable<number>, n: number): number[] {
  const counts = Array<number>(n).fill(0);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  return counts;
}

/** Pearson's statistic of counts against probabilities. */
export function chiSquare(counts: readonly number[], probabilities: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, index) => {
    const expected = total * (probabilities[index] as number);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}
