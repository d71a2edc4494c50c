import { TasklearnError } from '../errors.js';

/** What a matrix of scores says about remembering and transfer; scores where more is better. */
export interface Transfer {
  /** Mean over tasks of the score after the last task: ACC = mean_j R_{T,j}. */
  readonly average: number;
  /** BWT = mean over j < T of R_{T,j} − R_{j,j}: negative is forgetting. */
  readonly backward: number;
  /** FWT = mean over j ≥ 2 of R_{j−1,j} − b_j, b the scores before the first step. */
  readonly forward: number;
  /** Mean over j < T of the best score ever had on j minus the last one. */
  readonly forgetting: number;
}

const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Backward and forward transfer of a lifetime.
 *
 * @param scores - R, [T + 1][T]: row 0 before the first task, row i after the i-th task has ended.
 * @param order - the tasks in the order in which they ended, [T]; each once.
 * @throws `SHAPE_MISMATCH` if the matrix has not one row more than tasks.
 * @see Lopez-Paz, Ranzato. Gradient Episodic Memory for Continual Learning. NeurIPS 2017, eq. 2-4.
 *
 * @example
 * ```ts
 * import { transferOf } from '@tasklearn/core';
 *
 * const { backward } = transferOf([[0.5, 0.5], [0.9, 0.6], [0.7, 0.8]], [0, 1]);
 * backward.toFixed(2); // => '-0.20'
 * ```
 */
export function transferOf(scores: readonly (readonly number[])[], order: readonly number[]): Transfer {
  const tasks = order.length;
  if (scores.length !== tasks + 1 || scores.some((row) => row.length !== tasks)) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `transferOf: expected ${tasks + 1} rows of ${tasks} scores, got ${scores.length} of ${scores[0]?.length}. Every task must end once.`,
      { expected: [tasks + 1, tasks], received: [scores.length, scores[0]?.length] },
    );
  }
  const at = (row: number, place: number) =>
    (scores[row] as readonly number[])[order[place] as number] as number;
  const places = order.map((_, place) => place);
  const earlier = places.slice(0, -1);
  return {
    average: mean(places.map((place) => at(tasks, place))),
    backward: mean(earlier.map((place) => at(tasks, place) - at(place + 1, place))),
    forward: mean(places.slice(1).map((place) => at(place, place) - at(0, place))),
    forgetting: mean(
      earlier.map(
        (place) => Math.max(...places.slice(place).map((row) => at(row + 1, place))) - at(tasks, place),
      ),
    ),
  };
}
