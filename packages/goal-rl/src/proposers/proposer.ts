import type { Rng } from '@tasklearn/core';

/** Where an episode's z comes from: nothing, a skill, a goal. It is fixed for the whole episode. */
export interface Proposer {
  /** `none`, `categorical` or `bits`. */
  readonly kind: string;
  /** Numbers of z, Z; 0 where the policy sees the observation alone. */
  readonly size: number;
  /** z of one episode, [Z]. */
  sample(rng: Rng): Float32Array;
  /** log p(z) under the proposer; nothing about it is learnt, as a learnt prior collapses onto few skills. */
  logProbability(): number;
  /** The i-th value in a fixed order, [Z]: what an agent tries in turn. Wraps around. */
  at(index: number): Float32Array;
  /** How many values there are; infinite where they are not counted. */
  readonly count: number;
}
