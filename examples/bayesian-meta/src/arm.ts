import type { EpisodicLearner } from '@tasklearn/core';

/** One learner of a comparison, with its budget of meta-training. */
export interface Arm {
  readonly learner: EpisodicLearner;
  readonly updates: number;
  readonly tasksPerUpdate: number;
}
