import {
  type ControlLearner,
  type PartialOptions,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  resolveOptions,
} from '@tasklearn/core';
import { type OptimizerOptions, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import { actorCriticDefaults } from '../policy-gradients/actor-critic.js';
import { oneStep } from './a2c.js';
import { gradientLearning } from './gradient-learning.js';
import type { OnPolicyOptions } from './on-policy-algorithm.js';
import { type OnPolicyTaskState, onPolicyLearner } from './on-policy-learner.js';
import { validateOnPolicyOptions } from './validate-on-policy-options.js';

/** Options of `reinforce`. */
export type ReinforceOptions = OnPolicyOptions & {
  /**
   * What is subtracted from returns: nothing, a ridge regression on [s, s², t, t², t³, 1] refitted to each batch, or a value
   * network (then with λ).
   */
  readonly baseline: 'none' | 'linear' | 'value';
  /** Factor of the value loss, with `value`. */
  readonly valueCoefficient: number;
  /** Factor of the entropy. */
  readonly entropyCoefficient: number;
  /** Updates over which the learning rate falls to 0; 0 for a constant one. */
  readonly annealUpdates: number;
  readonly optimizer: OptimizerOptions;
};

/** One episode of each of eight copies per update. */
export const reinforceDefaults: ReinforceOptions = {
  copies: 8,
  gamma: 0.99,
  lambda: 1,
  baseline: 'linear',
  valueCoefficient: 0.5,
  entropyCoefficient: 0,
  annealUpdates: 0,
  normalizeAdvantages: true,
  normalizeObservations: false,
  normalizeRewards: false,
  optimizer: { ...optimizerDefaults, learningRate: 5e-3, clipNorm: 0 },
  network: actorCriticDefaults,
  evaluation: 'mode',
};

/**
 * REINFORCE: one policy gradient step per batch of whole episodes, with a baseline.
 *
 * @param options - those given; the rest are {@link reinforceDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 * @see Williams. Simple Statistical Gradient-Following Algorithms for Connectionist Reinforcement Learning. Machine
 * Learning 8, 1992.
 */
export function createReinforce(
  options: PartialOptions<ReinforceOptions> = {},
): ControlLearner<OnPolicyTaskState> {
  const all = resolveOptions('reinforce', reinforceDefaults, options);
  validateOnPolicyOptions('reinforce', all);
  const baseline = requireOneOf('reinforce', all, 'baseline', ['none', 'linear', 'value']);
  requireNonNegative('reinforce', all, 'valueCoefficient');
  requireNonNegative('reinforce', all, 'entropyCoefficient');
  requireInteger('reinforce', all, 'annealUpdates', 0);
  const optimizer = optimizerFor(all.optimizer);
  const valueCoefficient = baseline === 'value' ? all.valueCoefficient : 0;
  return onPolicyLearner({
    name: 'reinforce',
    options: all,
    collects: { kind: 'episodes' },
    baseline,
    openLearning: (setup) =>
      gradientLearning(setup, { ...all, ...oneStep, masked: true, valueCoefficient, optimizer }),
  });
}
