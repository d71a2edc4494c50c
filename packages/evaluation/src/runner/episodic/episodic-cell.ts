import type { EpisodicDistribution, EpisodicLearner, Split } from '@tasklearn/core';
import type { PreparedCell } from '../cell-kind.js';

/** A few-shot learner and its episodes. */
export interface EpisodicCell extends PreparedCell {
  readonly kind: 'episodic';
  readonly learner: EpisodicLearner;
  /** The same learner as it is tested, with the plan's test options. */
  readonly tester: EpisodicLearner;
  readonly distributions: Readonly<Record<Split, EpisodicDistribution>>;
}
