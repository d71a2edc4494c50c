import {
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';

/** Options of `dream`. */
export type DreamOptions = {
  /** Numbers in the problem embedding z. */
  readonly latentSize: number;
  /** ρ² > 0, variance of z around the embedding. */
  readonly latentVariance: number;
  /** λ >= 0, weight of the information bottleneck; 0 keeps everything about the problem. */
  readonly bottleneck: number;
  /** c >= 0, cost of every exploration step. */
  readonly explorationCost: number;
  /** Units of the memories of explorer and decoder. */
  readonly memorySize: number;
  /** Hidden layers of the execution values. */
  readonly hidden: readonly number[];
  /** γ of execution, in [0, 1]. */
  readonly discount: number;
  /** γ of exploration, in [0, 1]. */
  readonly explorationDiscount: number;
  /** New trials per update. */
  readonly trialsPerUpdate: number;
  /** Gradient steps per update. */
  readonly gradientSteps: number;
  /** Trials per gradient step. */
  readonly batchTrials: number;
  /** Trials kept in the replay buffer. */
  readonly capacity: number;
  /** Trials with random actions before the first gradient step. */
  readonly warmUpTrials: number;
  /** Trials over which ε falls from 1 to `finalEpsilon`. */
  readonly epsilonTrials: number;
  /** ε in [0, 1] at the end. */
  readonly finalEpsilon: number;
  /** Share of random actions, in [0, 1], that repeat the last action: random walks that get somewhere. */
  readonly persistence: number;
  /** Share of trials, in [0, 1], in which execution is told what the decoder makes of exploration, as at test. */
  readonly decodedShare: number;
  /** Share of the way that target parameters move per gradient step, in (0, 1]. */
  readonly targetRate: number;
  /** Adam's rate, > 0. */
  readonly learningRate: number;
  /** Largest norm of a gradient; 0 does not clip. */
  readonly clipNorm: number;
};

/** Defaults for small worlds. */
export const dreamDefaults: DreamOptions = {
  latentSize: 8,
  latentVariance: 0.1,
  bottleneck: 0.01,
  explorationCost: 0.01,
  memorySize: 32,
  hidden: [64, 64],
  discount: 0.95,
  explorationDiscount: 0.99,
  trialsPerUpdate: 32,
  gradientSteps: 8,
  batchTrials: 32,
  capacity: 8000,
  warmUpTrials: 256,
  epsilonTrials: 8000,
  finalEpsilon: 0.05,
  persistence: 0.5,
  decodedShare: 0.3,
  targetRate: 0.01,
  learningRate: 1e-3,
  clipNorm: 10,
};

/** Options with their defaults. @throws `INVALID_OPTION`. */
export function resolveDreamOptions(given: PartialOptions<DreamOptions>): DreamOptions {
  const options = resolveOptions('dream', dreamDefaults, given);
  const counts = ['latentSize', 'memorySize', 'trialsPerUpdate', 'gradientSteps', 'batchTrials'] as const;
  for (const key of [...counts, 'capacity', 'epsilonTrials'] as const) requireInteger('dream', options, key);
  requireInteger('dream', options, 'warmUpTrials', 0);
  requireIntegers('dream', options, 'hidden');
  for (const key of ['latentVariance', 'learningRate', 'targetRate'] as const)
    requirePositive('dream', options, key);
  for (const key of ['bottleneck', 'explorationCost', 'clipNorm'] as const)
    requireNonNegative('dream', options, key);
  const shares = ['discount', 'explorationDiscount', 'finalEpsilon', 'decodedShare'] as const;
  for (const key of [...shares, 'persistence', 'targetRate'] as const)
    requireInRange('dream', options, key, 0, 1);
  return options;
}
