/**
 * Entropy in nats: H(p) = −Σ_i p_i log p_i, with 0 log 0 = 0. Between 0 and log n.
 *
 * @param probabilities - non-negative, summing to 1.
 *
 * @example
 * ```ts
 * import { entropy } from '@tasklearn/goal-rl';
 *
 * entropy([0.25, 0.25, 0.25, 0.25]) === Math.log(4); // => true
 * ```
 */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < probabilities.length; index += 1) {
    const p = probabilities[index] as number;
    if (p > 0) sum -= p * Math.log(p);
  }
  return sum;
}
