import type { ControlDistribution, ControlLearner, Split } from '@tasklearn/core';
import type { PreparedCell } from '../cell-kind.js';

/** A control learner, or a reference policy, and its tasks. */
export interface ControlCell extends PreparedCell {
  readonly kind: 'control';
  /** Absent for a reference. */
  readonly learner?: ControlLearner;
  /** The same learner as it is tested, with the plan's test options. */
  readonly tester?: ControlLearner;
  readonly distributions: Readonly<Record<Split, ControlDistribution>>;
}

/** The reference that needs no help of the distribution. */
export const RANDOM = 'random';
