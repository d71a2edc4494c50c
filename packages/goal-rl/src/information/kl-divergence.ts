import { TasklearnError } from '@tasklearn/core';

/**
 * KL(p‖q) = Σ_i p_i log(p_i / q_i) in nats: infinite where q is 0 and p is not.
 *
 * @param p - non-negative, summing to 1.
 * @param q - of the same length.
 * @throws `SHAPE_MISMATCH` where the lengths differ.
 */
export function klDivergence(p: ArrayLike<number>, q: ArrayLike<number>): number {
  if (p.length !== q.length) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `klDivergence: both distributions must have the same length, got ${p.length} and ${q.length}.`,
      { expected: p.length, received: q.length },
    );
  }
  let sum = 0;
  for (let index = 0; index < p.length; index += 1) {
    const mass = p[index] as number;
    if (mass > 0) sum += mass * Math.log(mass / (q[index] as number));
  }
  return sum;
}
