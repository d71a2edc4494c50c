import {
  type ControlLearner,
  type PartialOptions,
  requireInRange,
  requireInteger,
  requireNonNegative,
  requirePositive,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import { type OptimizerOptions, optimizerDefaults, optimizerFor } from '@tasklearn/nn';
import { actorCriticDefaults } from '../policy-gradients/actor-critic.js';
import type { OnPolicyOptions } from './on-policy-algorithm.js';
import { type OnPolicyTaskState, onPolicyLearner } from './on-policy-learner.js';
import { trpoLearning } from './trpo-learning.js';
import { validateOnPolicyOptions } from './validate-on-policy-options.js';

/** Options of `trpo`. */
export type TrpoLearnerOptions = OnPolicyOptions & {
  /** Steps of each copy per update. */
  readonly length: number;
  /** δ > 0, the largest mean KL of an update. */
  readonly maximumDivergence: number;
  /** Steps of conjugate gradients. */
  readonly iterations: number;
  /** Added to the Fisher matrix's diagonal. */
  readonly damping: number;
  /** Lengths tried by the line search, each half the one before. */
  readonly backtracks: number;
  /** Times that experience is gone through to fit the values. */
  readonly valueEpochs: number;
  /** Portions per epoch of the fit. */
  readonly minibatches: number;
  /** Of the value function. */
  readonly optimizer: OptimizerOptions;
};

/** The paper's trust region; values fitted by Adam. */
export const trpoDefaults: TrpoLearnerOptions = {
  copies: 8,
  length: 128,
  gamma: 0.99,
  lambda: 0.95,
  maximumDivergence: 0.01,
  iterations: 10,
  damping: 0.1,
  backtracks: 10,
  valueEpochs: 10,
  minibatches: 4,
  normalizeAdvantages: true,
  normalizeObservations: false,
  normalizeRewards: false,
  optimizer: optimizerDefaults,
  network: actorCriticDefaults,
  evaluation: 'mode',
};

/**
 * Trust-region policy optimisation: each update solves for the natural gradient and searches along it, in one compiled step.
 *
 * @param options - those given; the rest are {@link trpoDefaults}.
 * @throws `INVALID_OPTION` for an unknown key, a value out of range, or a memory: the policy has to be a network of its own.
 * @see Schulman, Levine, Moritz, Jordan, Abbeel. Trust Region Policy Optimization. ICML 2015. arXiv:1502.05477.
 */
export function createTrpo(
  options: PartialOptions<TrpoLearnerOptions> = {},
): ControlLearner<OnPolicyTaskState> {
  const all = resolveOptions('trpo', trpoDefaults, options);
  validateOnPolicyOptions('trpo', all);
  for (const key of ['length', 'iterations', 'backtracks'] as const) requireInteger('trpo', all, key);
  requirePositive('trpo', all, 'maximumDivergence');
  requireNonNegative('trpo', all, 'damping');
  requireInteger('trpo', all, 'valueEpochs', 0);
  requireInRange('trpo', all, 'minibatches', 1, all.copies * all.length);
  if (all.network.memory !== 'none') {
    throw new TasklearnError(
      'INVALID_OPTION',
      "trpo: option `memory` must be 'none', got a cell: policy and value function have to be apart. Use `ppo`.",
      { owner: 'trpo', key: 'memory', received: all.network.memory },
    );
  }
  const optimizer = optimizerFor(all.optimizer);
  return onPolicyLearner({
    name: 'trpo',
    options: all,
    collects: { kind: 'rollouts', length: all.length },
    baseline: 'value',
    openLearning: (setup) => trpoLearning(setup, { ...all, optimizer }),
  });
}
