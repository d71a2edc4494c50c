import type { StreamDistribution } from '@tasklearn/core';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import { demandComparators } from './stream-distribution/comparator-checks.js';
import {
  demandLifetimesPure,
  demandLifetimesVary,
  demandSeedsVary,
  demandStepsPure,
} from './stream-distribution/purity-checks.js';
import { demandDeclared, demandStepsFit, demandTargetsHidden } from './stream-distribution/spec-checks.js';
import { seed } from './stream-distribution/stream-source.js';
import {
  demandTasksArrive,
  demandTestItemsNew,
  demandTestSetsFit,
} from './stream-distribution/task-checks.js';

/** What {@link streamDistributionChecks} may be told. */
export interface StreamDistributionCheckOptions {
  /** Lifetimes of each split that are looked at; 2 unless told. */
  readonly lifetimes?: number;
  /** Steps of a lifetime that are looked at, evenly spaced; 32 unless told. Tasks and comparators are of all steps. */
  readonly steps?: number;
  /** Whether no item of a test set may arrive in the stream, by content of its input; true unless told. */
  readonly distinctItems?: boolean;
  /** Whether every task must arrive in every lifetime; true unless told. Where tasks switch at random, some may not. */
  readonly everyTask?: boolean;
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of a distribution of lifetimes. Those of test sets and comparators are made where the first lifetime of the test split has such.
 * Splits that the distribution refuses by `UNSUPPORTED_TASK` are left out, all but the test.
 *
 * @throws what `distribution.stream` throws for the first lifetime of the test split.
 *
 * @example
 * ```ts
 * import { streamDistributionChecks, trivialStreamDistribution } from '@tasklearn/conformance';
 *
 * const expectedFailures = { 'another seed gives another lifetime': 'the trivial lifetimes are the same for every seed' };
 * const checks = streamDistributionChecks(trivialStreamDistribution(), { expectedFailures });
 * for (const check of checks) await check.run();
 * checks[1]?.name; // => 'the same arguments give the same lifetime'
 * ```
 */
export function streamDistributionChecks(
  distribution: StreamDistribution,
  options: StreamDistributionCheckOptions = {},
): readonly Check[] {
  const { lifetimes = 2, steps = 32, distinctItems = true, everyTask = true } = options;
  const { testSet, comparators } = distribution.stream('test', 0, seed());
  const checks: (Check | false)[] = [
    { name: 'declares what a learner can keep to', run: async () => demandDeclared(distribution) },
    {
      name: 'the same arguments give the same lifetime',
      run: async () => demandLifetimesPure(distribution, steps),
    },
    {
      name: 'another index or split gives another lifetime',
      run: async () => demandLifetimesVary(distribution, steps),
    },
    { name: 'another seed gives another lifetime', run: async () => demandSeedsVary(distribution, steps) },
    { name: 'steps are the same in any order', run: async () => demandStepsPure(distribution, steps) },
    { name: 'steps fit the spec', run: async () => demandStepsFit(distribution, lifetimes, steps) },
    {
      name: 'inputs do not hold their targets',
      run: async () => demandTargetsHidden(distribution, lifetimes, steps),
    },
    {
      name: 'tasks arrive as declared',
      run: async () => demandTasksArrive(distribution, lifetimes, everyTask),
    },
    testSet !== undefined && {
      name: 'test sets fit the spec and stay as they are',
      run: async () => demandTestSetsFit(distribution, lifetimes, steps),
    },
    testSet !== undefined &&
      distinctItems && {
        name: 'no test item arrives in the stream',
        run: async () => demandTestItemsNew(distribution, lifetimes, steps),
      },
    comparators !== undefined && {
      name: 'comparators are no worse than any constant',
      run: async () => demandComparators(distribution, lifetimes),
    },
  ];
  return withExpectedFailures(
    checks.filter((check) => check !== false),
    options.expectedFailures,
  );
}
