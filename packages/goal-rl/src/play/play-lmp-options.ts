import { requireInteger, requireIntegers, requireNonNegative, requirePositive } from '@tasklearn/core';
import type { LatentPlanOptions } from './latent-plan-model.js';
import { type PlayOptions, playDefaults, validatePlay } from './play-options.js';

/** Options of `play-lmp`; JSON. */
export type PlayLmpOptions = PlayOptions &
  LatentPlanOptions & {
    /** η of Adam, > 0. */
    readonly learningRate: number;
    /** Gradient steps per update. */
    readonly gradientSteps: number;
    /** Windows of a minibatch. */
    readonly batchSize: number;
    /** Whether observations are shifted and scaled by their moments over all play. */
    readonly normalize: boolean;
    /** Steps that a plan z is kept when acting, >= 1. */
    readonly replanEvery: number;
  };

/** Plans of 16 numbers, a new one every 10 steps, β = 0.01. */
export const playLmpDefaults: PlayLmpOptions = {
  ...playDefaults,
  hidden: [128, 128],
  latentSize: 16,
  heads: 4,
  divergenceWeight: 0.01,
  learningRate: 1e-3,
  gradientSteps: 200,
  batchSize: 32,
  normalize: true,
  replanEvery: 10,
};

/** @throws `INVALID_OPTION` for a value out of range. */
export function validatePlayLmp(owner: string, options: PlayLmpOptions): void {
  validatePlay(owner, options);
  requireIntegers(owner, options, 'hidden');
  for (const key of ['latentSize', 'heads', 'gradientSteps', 'batchSize', 'replanEvery'] as const)
    requireInteger(owner, options, key);
  requireNonNegative(owner, options, 'divergenceWeight');
  requirePositive(owner, options, 'learningRate');
}
