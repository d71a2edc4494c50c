import { type ControlDistribution, requireInteger, requirePositive } from '@tasklearn/core';
import { gaussianThompson, strategyReference, upperConfidence } from '../oracles/bandit-strategies.js';
import { drawnTask } from '../tasks/drawn-tasks.js';
import { banditDistribution } from './bandit-distribution.js';

/** Options of {@link gaussianBandits}. */
export type GaussianBanditOptions = {
  /** K, >= 2. */
  readonly arms: number;
  /** N, pulls of an episode, >= 1. */
  readonly pulls: number;
  /** Standard deviation of rewards, > 0. */
  readonly noise: number;
};

/** Five arms, twenty pulls. */
export const gaussianBanditDefaults: GaussianBanditOptions = { arms: 5, pulls: 20, noise: 0.5 };

/**
 * Bandits whose arms pay normal rewards with means drawn from N(0, 1). References: `oracle` (told the means),
 * `thompson` (with the prior that the means are drawn from), `ucb1`, `random`.
 *
 * @throws `INVALID_OPTION`.
 */
export function gaussianBandits(options: Partial<GaussianBanditOptions> = {}): ControlDistribution {
  const complete = { ...gaussianBanditDefaults, ...options };
  const id = '@tasklearn/environments/gaussian-bandits';
  const arms = requireInteger(id, complete, 'arms', 2);
  const pulls = requireInteger(id, complete, 'pulls');
  const noise = requirePositive(id, complete, 'noise');
  return banditDistribution({
    id,
    arms,
    contexts: 1,
    revealed: 0,
    pulls,
    noise,
    task: (split, index, rng) =>
      drawnTask(split, index, rng, (stream) =>
        Object.fromEntries(Array.from({ length: arms }, (_, arm) => [`arm${arm}`, stream.gaussian()])),
      ),
    means: ({ parameters }) => Float64Array.from({ length: arms }, (_, arm) => parameters[`arm${arm}`] ?? 0),
    references: {
      thompson: strategyReference(arms, () => gaussianThompson(noise)),
      ucb1: strategyReference(arms, () => upperConfidence),
    },
  });
}
