import { type ControlLearner, requireInteger, requireOneOf } from '@tasklearn/core';
import { offPolicyLearner } from '../off-policy/off-policy-learner.js';
import { offPolicyLoopDefaults } from '../off-policy/off-policy-loop.js';
import { dqn } from '../q-learning/dqn.js';
import { type OffPolicyNetworkOptions, requireNetworkOptions } from './network-options.js';

/** Options of `dqn`. */
export type DqnLearnerOptions = OffPolicyNetworkOptions & {
  /** Whether the network chooses the action that the target network values. */
  readonly double: boolean;
  /** Whether Q is split into a value and an advantage. */
  readonly dueling: boolean;
  /** Of the temporal difference. */
  readonly loss: 'squared' | 'huber';
  /** Gradient steps between hard copies into the target network, instead of `targetRate`; 0 uses that. */
  readonly targetPeriod: number;
  /** Clips targets to [−1/(1 − γ), 0], for rewards in [−1, 0]. */
  readonly clipTargets: boolean;
};

/** Complete defaults. */
export const dqnDefaults: DqnLearnerOptions = {
  ...offPolicyLoopDefaults,
  batchSize: 128,
  randomActions: 0.05,
  firstRandomActions: 1,
  randomActionsSteps: 5000,
  hidden: [64, 64],
  activation: 'relu',
  learningRate: 2e-4,
  clipNorm: 0,
  targetRate: 0.005,
  double: true,
  dueling: false,
  loss: 'huber',
  targetPeriod: 0,
  clipTargets: false,
  evaluation: 'mode',
};

/**
 * Deep Q-learning with its double, dueling, prioritised and n-step forms, for discrete actions.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Mnih et al. Human-level control through deep reinforcement learning. Nature 518, 2015; Hessel et al. Rainbow.
 * AAAI 2018. arXiv:1710.02298.
 */
export function createDqn(options: Partial<DqnLearnerOptions> = {}): ControlLearner<null> {
  const all: DqnLearnerOptions = { ...dqnDefaults, ...options };
  requireNetworkOptions('dqn', all);
  requireOneOf('dqn', all, 'loss', ['squared', 'huber']);
  requireInteger('dqn', all, 'targetPeriod', 0);
  const { hidden, activation, dueling } = all;
  return offPolicyLearner({
    name: 'dqn',
    algorithm: (spec) => dqn(spec, { ...all, network: { hidden, activation, dueling } }),
    loop: all,
    evaluation: all.evaluation,
  });
}
