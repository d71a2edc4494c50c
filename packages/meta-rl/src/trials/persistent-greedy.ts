import type { Rng } from '@tasklearn/core';
import type { LastStep } from './trial-inputs.js';

/** How {@link persistentGreedy} explores. */
export interface PersistentGreedyOptions {
  /** ε: probability of a random action, in [0, 1]. */
  readonly epsilon: number;
  /** Share of random actions that repeat the last action of the copy, in [0, 1]. */
  readonly persistence: number;
  readonly rng: Rng;
}

/**
 * The best action of each copy, or with probability ε a random one, which may be the last action again: a random walk
 * that goes back and forth reaches little.
 *
 * @param values - Q, [T * A].
 * @returns indices [T].
 * @see Dabney, Ostrovski, Barreto. Temporally-Extended ε-Greedy Exploration. ICLR 2021. arXiv:2006.01782.
 */
export function persistentGreedy(
  values: ArrayLike<number>,
  last: Pick<LastStep, 'action' | 'begun'>,
  { epsilon, persistence, rng }: PersistentGreedyOptions,
): Float32Array {
  const trials = last.begun.length;
  const actions = values.length / trials;
  return Float32Array.from({ length: trials }, (_, trial) => {
    if (epsilon > 0 && rng.next() < epsilon) {
      const repeats = rng.next() < persistence && last.begun[trial] === 1;
      return repeats ? (last.action[trial] as number) : rng.integer(actions);
    }
    let best = 0;
    for (let action = 1; action < actions; action += 1)
      if ((values[trial * actions + action] as number) > (values[trial * actions + best] as number))
        best = action;
    return best;
  });
}
