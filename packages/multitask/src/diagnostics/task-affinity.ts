import { TasklearnError } from '@tasklearn/core';

/** Similarity of tasks, measured as training goes on. */
export interface TaskAffinity {
  /** Takes one more measurement, [T][T]. @throws `SHAPE_MISMATCH` unless it is square and of the same size as those before. */
  update(cosines: readonly (readonly number[])[]): void;
  /** The mean so far, [T][T]; zeros before the first. */
  matrix(): readonly (readonly number[])[];
  /** Measurements taken. */
  count(): number;
}

/**
 * Affinity of tasks by the mean cosine of their gradients during training: 1 for tasks that are one, about 0 for tasks that have
 * nothing to do with each other, below for tasks in conflict. Rows of a similarity for `affinityPenalty`, or a hint which tasks
 * to group.
 *
 * @param decay - weight of what was before in a running mean, in [0, 1); 0, the default, is the plain mean of all.
 * @see Fifty et al. Efficiently Identifying Task Groupings for Multi-Task Learning. NeurIPS 2021 (another measure of the same).
 */
export function gradientAffinity(decay = 0): TaskAffinity {
  if (!(decay >= 0 && decay < 1)) {
    const message = `gradientAffinity: decay must be in [0, 1), got ${decay}.`;
    throw new TasklearnError('INVALID_OPTION', message, { key: 'decay', received: decay });
  }
  let mean: number[][] = [];
  let taken = 0;
  return {
    update(cosines) {
      const tasks = cosines.length;
      const isSquare = cosines.every((row) => row.length === tasks) && (taken === 0 || mean.length === tasks);
      if (!isSquare) {
        const message = `gradientAffinity: expected ${taken === 0 ? 'T x T' : `${mean.length} x ${mean.length}`} numbers, got rows of ${cosines.map((row) => row.length)}.`;
        throw new TasklearnError('SHAPE_MISMATCH', message, { received: cosines.length });
      }
      const keep = taken === 0 ? 0 : decay === 0 ? taken / (taken + 1) : decay;
      mean = cosines.map((row, i) => row.map((value, j) => keep * (mean[i]?.[j] ?? 0) + (1 - keep) * value));
      taken += 1;
    },
    matrix: () => mean.map((row) => [...row]),
    count: () => taken,
  };
}

/** Places of values in ascending order from 0; equal values share their mean place. */
function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal - 1) / 2;
  });
}

/**
 * Spearman's rank correlation: whether an affinity orders pairs of tasks as something else, such as their transfer, does.
 *
 * @returns in [−1, 1]; NaN where one of the two does not vary.
 */
export function rankCorrelation(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [ranks(first), ranks(second)];
  const centre = (a.length - 1) / 2;
  const product = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + (value - centre) * ((y[at] as number) - centre), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
