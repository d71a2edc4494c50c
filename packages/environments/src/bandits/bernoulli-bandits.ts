import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import {
  bayesStrategy,
  betaThompson,
  epsilonGreedy,
  gittinsStrategy,
  strategyReference,
  upperConfidence,
} from '../oracles/bandit-strategies.js';
import { drawnTask } from '../tasks/drawn-tasks.js';
import { banditDistribution } from './bandit-distribution.js';

/** Options of {@link bernoulliBandits}. */
export type BernoulliBanditOptions = {
  /** K, >= 2. */
  readonly arms: number;
  /** N, pulls of an episode, >= 1. */
  readonly pulls: number;
};

/** Five arms, ten pulls. */
export const bernoulliBanditDefaults: BernoulliBanditOptions = { arms: 5, pulls: 10 };

/** Most pulls for which finite-horizon Gittins indices are tabulated. */
const GITTINS_PULLS = 150;

/**
 * Bandits whose arms pay 1 with chances drawn from U(0, 1). An episode is N pulls; the observation is the constant 1, so that
 * only a memory of actions and rewards helps. References: `oracle` (told the chances), `bayes` (the best that can be
 * done without being told; up to K = 5, N = 10 or 2 arms, N = 60), `gittins` (N <= 150), `thompson`, `ucb1`,
 * `epsilon-greedy` (0.1), `greedy`, `random`.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Duan and others. RL²: Fast Reinforcement Learning via Slow Reinforcement Learning. 2016. arXiv:1611.02779, section 3.1.
 */
export function bernoulliBandits(options: Partial<BernoulliBanditOptions> = {}): ControlDistribution {
  const complete = { ...bernoulliBanditDefaults, ...options };
  const id = '@tasklearn/environments/bernoulli-bandits';
  const arms = requireInteger(id, complete, 'arms', 2);
  const pulls = requireInteger(id, complete, 'pulls');
  const tabulated = (arms <= 2 && pulls <= 60) || (arms <= 5 && pulls <= 10);
  return banditDistribution({
    id,
    arms,
    contexts: 1,
    revealed: 0,
    pulls,
    noise: 'bernoulli',
    task: (split, index, rng) =>
      drawnTask(split, index, rng, (stream) =>
        Object.fromEntries(Array.from({ length: arms }, (_, arm) => [`arm${arm}`, stream.next()])),
      ),
    means: ({ parameters }) => Float64Array.from({ length: arms }, (_, arm) => parameters[`arm${arm}`] ?? 0),
    references: {
      ...(tabulated ? { bayes: strategyReference(arms, () => bayesStrategy(arms, pulls)) } : {}),
      ...(pulls <= GITTINS_PULLS ? { gittins: strategyReference(arms, () => gittinsStrategy(pulls)) } : {}),
      thompson: strategyReference(arms, () => betaThompson),
      ucb1: strategyReference(arms, () => upperConfidence),
      'epsilon-greedy': strategyReference(arms, () => epsilonGreedy(0.1)),
      greedy: strategyReference(arms, () => epsilonGreedy(0)),
    },
  });
}
