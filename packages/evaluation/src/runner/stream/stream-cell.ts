import type { Split, StreamDistribution, StreamLearner } from '@tasklearn/core';
import type { PreparedCell } from '../cell-kind.js';

/** A learner of streams and where its lifetimes come from. */
export interface StreamCell extends PreparedCell {
  readonly kind: 'stream';
  readonly learner: StreamLearner;
  /** The same learner as it is tested, with the plan's test options. */
  readonly tester: StreamLearner;
  /** Distributions of the three splits. */
  readonly distributions: Readonly<Record<Split, StreamDistribution>>;
}
