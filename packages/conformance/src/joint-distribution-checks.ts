import type { JointDistribution } from '@tasklearn/core';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import { demandStatistics, demandTruthPlain } from './joint-distribution/known-checks.js';
import {
  demandReseeded,
  demandRowsAgree,
  demandRowsPure,
  demandRowsVary,
} from './joint-distribution/purity-checks.js';
import {
  demandDeclared,
  demandInputsShared,
  demandRowsFit,
  demandSplitsApart,
} from './joint-distribution/spec-checks.js';

/** What {@link jointDistributionChecks} may be told. */
export interface JointDistributionCheckOptions {
  /** Items of each task per split that are looked at, evenly spaced; 64 unless told. Statistics are of all. */
  readonly items?: number;
  /** Items of each task per split among which one is looked for that is in two splits; 1,000 unless told. */
  readonly itemsCompared?: number;
  /** Whether no item of a task may be in two splits, by content of its input; true unless told. Rows of tables may repeat. */
  readonly distinctItems?: boolean;
  /** The same tasks with another seed, which must have other items. */
  readonly reseeded?: JointDistribution;
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of a fixed set of tasks for multi-task learning. Those of shared inputs, statistics and truth are made where the set has such.
 *
 * @example
 * ```ts
 * import { jointDistributionChecks, trivialJointDistribution } from '@tasklearn/conformance';
 *
 * const checks = jointDistributionChecks(trivialJointDistribution());
 * for (const check of checks) await check.run();
 * checks[1]?.name; // => 'the same indices give the same items'
 * ```
 */
export function jointDistributionChecks(
  distribution: JointDistribution,
  options: JointDistributionCheckOptions = {},
): readonly Check[] {
  const { items = 64, itemsCompared = 1_000, distinctItems = true, reseeded } = options;
  const { spec, truth } = distribution;
  const checks: (Check | false)[] = [
    { name: 'declares tasks that fit together', run: async () => demandDeclared(distribution) },
    { name: 'the same indices give the same items', run: async () => demandRowsPure(distribution, items) },
    { name: 'a batch is its items one by one', run: async () => demandRowsAgree(distribution, items) },
    { name: 'items and splits differ', run: async () => demandRowsVary(distribution, items) },
    { name: 'items fit the spec', run: async () => demandRowsFit(distribution, items) },
    spec.sharedInputs && {
      name: 'tasks share their inputs',
      run: async () => demandInputsShared(distribution, items),
    },
    distinctItems && {
      name: 'splits of a task share no item',
      run: async () => demandSplitsApart(distribution, itemsCompared),
    },
    Object.values(spec.groups).some(({ statistics }) => statistics !== undefined) && {
      name: 'statistics are those of the training items',
      run: async () => demandStatistics(distribution),
    },
    truth !== undefined && {
      name: 'truth is finite numbers',
      run: async () => demandTruthPlain(distribution),
    },
    reseeded !== undefined && {
      name: 'another seed gives other items',
      run: async () => demandReseeded(distribution, reseeded, items),
    },
  ];
  return withExpectedFailures(
    checks.filter((check) => check !== false),
    options.expectedFailures,
  );
}
