/**
 * What is believed about the segment at hand:
 *
 * - `runLength`: a distribution over its length (change-point detection); where a stream tells its tasks, they override it;
 * - `told`: it is told where segments begin (the oracle);
 * - `window`: the last `window` items are one segment;
 * - `everything`: all items are one segment (condition on everything);
 * - `nothing`: every item is a segment of its own, so that the prior alone predicts (train on everything, without adapting).
 */
export type SegmentBelief = 'runLength' | 'told' | 'window' | 'everything' | 'nothing';

/** A belief about segments and its numbers. */
export interface BeliefParts {
  readonly belief: SegmentBelief;
  /** λ of `runLength`, the first one where it is learnt. */
  readonly hazard: number;
  /** Whether λ is meta-learned. */
  readonly learnHazard: boolean;
  /** W of `window`. */
  readonly window: number;
  /** R, run lengths that are told apart at work; mass of longer ones stays at the last. */
  readonly longestRun: number;
}
