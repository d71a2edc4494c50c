/**
 * The candidate that was probably meant, or `undefined` if none is close: fewest insertions, deletions,
 * replacements and swaps of neighbours, at most a third of the longer word (and at least one).
 *
 * @example
 * ```ts
 * import { didYouMean } from '@tasklearn/core';
 *
 * didYouMean('innerLearningRat', ['innerSteps', 'innerLearningRate']); // => 'innerLearningRate'
 * didYouMean('zebra', ['innerSteps', 'innerLearningRate']); // => undefined
 * ```
 */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const changes = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (changes < least && changes <= Math.max(1, Math.max(word.length, candidate.length) / 3)) {
      best = candidate;
      least = changes;
    }
  }
  return best;
}

/** Optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let least = Math.min(replaced, at(last, column) + 1, at(current, column - 1) + 1);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, at(beforeLast, column - 2) + 1);
      }
      current.push(least);
    }
    [beforeLast, last] = [last, current];
  }
  return at(last, b.length);
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}
