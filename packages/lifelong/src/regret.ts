import { TasklearnError } from '@tasklearn/core';

/**
 * Regret after each round: what was paid less what the comparator would have paid, R_t = Σ_{k ≤ t} (l_k(θ_k) − l_k(θ*)).
 *
 * It may be negative where the stream drifts and the comparator is fixed.
 *
 * @param losses - l_t(θ_t), before the update of round t.
 * @param comparator - l_t(θ*) of the comparator, such as the best fixed parameters in hindsight.
 * @returns [T].
 * @throws `SHAPE_MISMATCH` if they are not equally many.
 *
 * @example
 * ```ts
 * import { regretOf } from '@tasklearn/lifelong';
 *
 * regretOf([3, 2, 1], [1, 1, 1]); // => [2, 3, 3]
 * ```
 */
export function regretOf(losses: readonly number[], comparator: readonly number[]): readonly number[] {
  if (losses.length !== comparator.length) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `regretOf: expected as many losses of the comparator as of the learner, ${losses.length}, got ${comparator.length}.`,
      { expected: losses.length, received: comparator.length },
    );
  }
  let sum = 0;
  return losses.map((loss, round) => {
    sum += loss - (comparator[round] as number);
    return sum;
  });
}

/**
 * Squared distances of points to their mean, the best fixed prediction in hindsight.
 *
 * @param points - c_t, [T][d].
 * @returns ‖c_t − mean‖², [T].
 */
export function distancesToMean(points: readonly ArrayLike<number>[]): readonly number[] {
  const size = points[0]?.length ?? 0;
  const mean = Array.from(
    { length: size },
    (_, axis) => points.reduce((sum, point) => sum + (point[axis] as number), 0) / points.length,
  );
  return points.map((point) =>
    mean.reduce((sum, value, axis) => sum + ((point[axis] as number) - value) ** 2, 0),
  );
}
