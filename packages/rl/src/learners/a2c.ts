import {
  type ControlLearner,
  type PartialOptions,
  requireInteger,
  requireNonNegative,
  resolveOptions,
} from '@tasklearn/core';
import { type OptimizerOptions, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import { actorCriticDefaults } from '../policy-gradients/actor-critic.js';
import { gradientLearning } from './gradient-learning.js';
import type { OnPolicyOptions } from './on-policy-algorithm.js';
import { type OnPolicyTaskState, onPolicyLearner } from './on-policy-learner.js';
import { validateOnPolicyOptions } from './validate-on-policy-options.js';

/** Options of `a2c`. */
export type A2cOptions = OnPolicyOptions & {
  /** n: steps of each copy per update. */
  readonly length: number;
  /** Factor of the value loss. */
  readonly valueCoefficient: number;
  /** Factor of the entropy. */
  readonly entropyCoefficient: number;
  /** Updates over which the learning rate falls to 0; 0 for a constant one. */
  readonly annealUpdates: number;
  readonly optimizer: OptimizerOptions;
};

/** n-step advantages of 16 copies, five steps each. */
export const a2cDefaults: A2cOptions = {
  copies: 16,
  length: 5,
  gamma: 0.99,
  lambda: 1,
  valueCoefficient: 0.5,
  entropyCoefficient: 0.01,
  annealUpdates: 0,
  normalizeAdvantages: false,
  normalizeObservations: false,
  normalizeRewards: false,
  optimizer: { ...optimizerDefaults, learningRate: 7e-4, clipNorm: 0.5 },
  network: actorCriticDefaults,
  evaluation: 'mode',
};

/**
 * Advantage actor-critic, synchronous: one gradient step per roll-out of a few steps.
 *
 * @param options - those given; the rest are {@link a2cDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Mnih et al. Asynchronous Methods for Deep Reinforcement Learning. ICML 2016. arXiv:1602.01783.
 */
export function createA2c(options: PartialOptions<A2cOptions> = {}): ControlLearner<OnPolicyTaskState> {
  const all = resolveOptions('a2c', a2cDefaults, options);
  validateOnPolicyOptions('a2c', all);
  requireInteger('a2c', all, 'length');
  requireNonNegative('a2c', all, 'valueCoefficient');
  requireNonNegative('a2c', all, 'entropyCoefficient');
  requireInteger('a2c', all, 'annealUpdates', 0);
  const optimizer = optimizerFor(all.optimizer);
  return onPolicyLearner({
    name: 'a2c',
    options: all,
    collects: { kind: 'rollouts', length: all.length },
    baseline: 'value',
    openLearning: (setup) => gradientLearning(setup, { ...all, ...oneStep, optimizer }),
  });
}

/** One plain policy gradient step on everything collected. */
export const oneStep = {
  objective: 'score',
  epochs: 1,
  minibatches: 1,
  clip: 0.2,
  valueClip: 0,
  divergencePenalty: 0,
  targetDivergence: 0,
  masked: false,
} as const;
