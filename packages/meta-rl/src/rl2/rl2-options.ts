import {
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  resolveOptions,
} from '@tasklearn/core';
import type { CellName } from '../networks/recurrent-cell.js';

/** Options of `rl2`. */
export type Rl2Options = {
  /** The memory. */
  readonly cell: CellName;
  /** Units of the memory. */
  readonly hiddenSize: number;
  /** Trials per update, one task each. */
  readonly trialsPerUpdate: number;
  /** γ over the whole trial, in [0, 1]. */
  readonly discount: number;
  /** λ of generalised advantages, in [0, 1]. */
  readonly trace: number;
  /** Share of the reward of exploration episodes in the objective, in [0, 1]: 1 is RL², 0 is E-RL². */
  readonly exploreRewardWeight: number;
  /** Passes over the trials of an update. */
  readonly epochs: number;
  /** Minibatches per pass; each holds whole trials. Divides `trialsPerUpdate`. */
  readonly minibatches: number;
  /** Steps through which gradients flow back; 0 for the whole trial. */
  readonly truncation: number;
  /** Clip range of the probability ratio, > 0. */
  readonly clip: number;
  /** Weight of the entropy bonus, >= 0. */
  readonly entropyWeight: number;
  /** Share of the updates over which the entropy bonus falls to zero; 0 keeps it. */
  readonly entropyDecayUpdates: number;
  /** Weight of the squared error of the value function, >= 0. */
  readonly valueWeight: number;
  /** Adam's rate, > 0. */
  readonly learningRate: number;
  /** Updates over which the rate falls to zero along half a cosine, to stay there; 0 keeps it. */
  readonly learningRateDecayUpdates: number;
  /** Largest norm of a gradient; 0 does not clip. */
  readonly clipNorm: number;
  /** Layers before the memory; may be empty. */
  readonly embedding: readonly number[];
};

/** Defaults for small tasks. */
export const rl2Defaults: Rl2Options = {
  cell: 'gru',
  hiddenSize: 64,
  trialsPerUpdate: 128,
  discount: 0.99,
  trace: 0.95,
  exploreRewardWeight: 1,
  epochs: 4,
  minibatches: 2,
  truncation: 0,
  clip: 0.2,
  entropyWeight: 0.01,
  entropyDecayUpdates: 0,
  valueWeight: 0.5,
  learningRate: 1e-3,
  learningRateDecayUpdates: 0,
  clipNorm: 0.5,
  embedding: [],
};

/** Options with their defaults. @throws `INVALID_OPTION`. */
export function resolveRl2Options(given: PartialOptions<Rl2Options>): Rl2Options {
  const options = resolveOptions('rl2', rl2Defaults, given);
  requireOneOf('rl2', options, 'cell', ['gru', 'lstm']);
  for (const key of ['hiddenSize', 'trialsPerUpdate', 'epochs', 'minibatches'] as const)
    requireInteger('rl2', options, key);
  requireInteger('rl2', options, 'minibatches', 1, options.trialsPerUpdate);
  for (const key of ['truncation', 'entropyDecayUpdates', 'learningRateDecayUpdates'] as const)
    requireInteger('rl2', options, key, 0);
  for (const key of ['discount', 'trace', 'exploreRewardWeight'] as const)
    requireInRange('rl2', options, key, 0, 1);
  for (const key of ['clip', 'learningRate'] as const) requirePositive('rl2', options, key);
  for (const key of ['entropyWeight', 'valueWeight', 'clipNorm'] as const)
    requireNonNegative('rl2', options, key);
  requireIntegers('rl2', options, 'embedding');
  return options;
}
