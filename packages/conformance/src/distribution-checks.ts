import type { EpisodicDistribution } from '@tasklearn/core';
import { type Check, type ExpectedFailures, withExpectedFailures } from './check.js';
import {
  demandBatchesAgree,
  demandBuffersReused,
  demandPure,
  demandVariety,
} from './distribution/purity-checks.js';
import { demandItemsDistinct, demandSpecHolds } from './distribution/spec-checks.js';
import { demandSplitsDisjoint, demandTruthFits } from './distribution/truth-checks.js';

/** What {@link distributionChecks} may be told. */
export interface DistributionCheckOptions {
  /** Episodes per split that are looked at; 8 unless told. */
  readonly episodes?: number;
  /** Whether no support item may be a query item, by content; true unless told. */
  readonly distinctItems?: boolean;
  readonly expectedFailures?: ExpectedFailures;
}

/**
 * Checks of a distribution of few-shot tasks. Those of truth are made where the distribution tells it.
 *
 * @example
 * ```ts
 * import { distributionChecks, trivialDistribution } from '@tasklearn/conformance';
 *
 * const distribution = trivialDistribution({
 *   input: { shape: [2], dtype: 'float32', minimum: 0, maximum: 1 },
 *   target: { kind: 'regression', shape: [1] },
 *   loss: 'meanSquaredError',
 *   supportSize: 3,
 *   querySize: 3,
 * });
 * for (const check of distributionChecks(distribution)) await check.run();
 * ```
 */
export function distributionChecks(
  distribution: EpisodicDistribution,
  options: DistributionCheckOptions = {},
): readonly Check[] {
  const { episodes = 8, distinctItems = true } = options;
  const checks: (Check | false)[] = [
    { name: 'the same arguments give the same episodes', run: async () => demandPure(distribution) },
    {
      name: 'another index, split or seed gives other episodes',
      run: async () => demandVariety(distribution),
    },
    { name: 'a batch is its episodes one by one', run: async () => demandBatchesAgree(distribution) },
    { name: 'reuses the buffers it is given', run: async () => demandBuffersReused(distribution) },
    { name: 'episodes fit the spec', run: async () => demandSpecHolds(distribution, episodes) },
    distinctItems && {
      name: 'support and query share no item',
      run: async () => demandItemsDistinct(distribution, episodes),
    },
    distribution.truth !== undefined && {
      name: 'truth belongs to its episode',
      run: async () => demandTruthFits(distribution, episodes),
    },
    distribution.truth !== undefined && {
      name: 'splits share no class',
      run: async () => demandSplitsDisjoint(distribution, episodes),
    },
  ];
  return withExpectedFailures(
    checks.filter((check) => check !== false),
    options.expectedFailures,
  );
}
