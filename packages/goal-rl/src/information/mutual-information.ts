import { TasklearnError } from '@tasklearn/core';
import { entropy } from './entropy.js';

/** Number of columns of a matrix given as one array. @throws `SHAPE_MISMATCH` where it is no matrix of that many rows. */
export function columnsOf(called: string, size: number, rows: number): number {
  const columns = size / rows;
  if (Number.isInteger(columns) && columns > 0) return columns;
  throw new TasklearnError(
    'SHAPE_MISMATCH',
    `${called}: ${size} numbers are no matrix of ${rows} rows. Give rows · columns numbers, row by row.`,
    { size, rows },
  );
}

/**
 * Mutual information in nats of two discrete variables: I(X; Y) = H(X) + H(Y) − H(X, Y).
 *
 * @param joint - p(x, y), [rows · columns], row by row, summing to 1.
 * @param rows - number of values of X.
 * @throws `SHAPE_MISMATCH` where `joint` is no matrix of that many rows.
 *
 * @example
 * ```ts
 * import { mutualInformation } from '@tasklearn/goal-rl';
 *
 * mutualInformation([0.5, 0, 0, 0.5], 2) === Math.log(2); // => true
 * mutualInformation([0.25, 0.25, 0.25, 0.25], 2); // => 0
 * ```
 */
export function mutualInformation(joint: ArrayLike<number>, rows: number): number {
  const columns = columnsOf('mutualInformation', joint.length, rows);
  const [first, second] = [new Float64Array(rows), new Float64Array(columns)];
  for (let index = 0; index < joint.length; index += 1) {
    const [row, column] = [Math.floor(index / columns), index % columns];
    first[row] = (first[row] as number) + (joint[index] as number);
    second[column] = (second[column] as number) + (joint[index] as number);
  }
  return Math.max(0, entropy(first) + entropy(second) - entropy(joint));
}

/**
 * Barber and Agakov's lower bound on I(X; Y): H(X) + E log q(x|y) ≤ I(X; Y), with equality at the true posterior.
 * The bound of every skill discovery with a discriminator, X the skill and Y the state.
 *
 * @param joint - p(x, y), [rows · columns], row by row.
 * @param rows - number of values of X.
 * @param posterior - q(x|y), [rows · columns], in the order of `joint`: each column sums to 1.
 * @throws `SHAPE_MISMATCH` where the two do not fit each other.
 * @see Barber, Agakov. The IM Algorithm: A Variational Approach to Information Maximization. NeurIPS 2003.
 */
export function variationalInformation(
  joint: ArrayLike<number>,
  rows: number,
  posterior: ArrayLike<number>,
): number {
  const columns = columnsOf('variationalInformation', joint.length, rows);
  if (posterior.length !== joint.length) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `variationalInformation: the posterior must have ${joint.length} numbers as the joint has, got ${posterior.length}.`,
      { expected: joint.length, received: posterior.length },
    );
  }
  const marginal = new Float64Array(rows);
  let expected = 0;
  for (let index = 0; index < joint.length; index += 1) {
    const mass = joint[index] as number;
    const row = Math.floor(index / columns);
    marginal[row] = (marginal[row] as number) + mass;
    if (mass > 0) expected += mass * Math.log(posterior[index] as number);
  }
  return entropy(marginal) + expected;
}
