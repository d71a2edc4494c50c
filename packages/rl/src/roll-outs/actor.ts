import type { Rng, TimeSteps } from '@tasklearn/core';

/** What an actor decided for all copies. */
export interface Acted {
  /** [E] indices or [E * A] numbers. */
  readonly actions: Float32Array;
  /** Other numbers of the decision, e.g. `logProbability` [E], to be kept with the roll-out: [E * k] each. */
  readonly extras?: Readonly<Record<string, Float32Array>>;
}

/**
 * Decides for all copies at once. Its arrays belong to the caller. A recurrent actor keeps its own state and begins
 * it anew where `stepType` is first.
 */
export type Actor = (steps: TimeSteps, rng: Rng) => Promise<Acted>;
