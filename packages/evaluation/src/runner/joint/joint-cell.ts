import type { JointDistribution, JointLearner } from '@tasklearn/core';
import type { PreparedCell } from '../cell-kind.js';

/** A joint learner and its tasks. */
export interface JointCell extends PreparedCell {
  readonly kind: 'joint';
  readonly learner: JointLearner;
  /** The same learner as it is tested, with the plan's test options. */
  readonly tester: JointLearner;
  readonly distribution: JointDistribution;
}
