import { type ControlLearner, requireInteger, requireOneOf, requirePositive } from '@tasklearn/core';
import { offPolicyLearner } from '../off-policy/off-policy-learner.js';
import { offPolicyLoopDefaults } from '../off-policy/off-policy-loop.js';
import { softQ } from '../q-learning/soft-q.js';
import { type OffPolicyNetworkOptions, requireNetworkOptions } from './network-options.js';

/** Options of `soft-q`. */
export type SoftQLearnerOptions = OffPolicyNetworkOptions & {
  /** α. */
  readonly temperature: number;
  /** `logSumExp` or `logMeanExp`; continuous actions always take the mean. */
  readonly backup: 'logSumExp' | 'logMeanExp';
  /** Continuous actions: M, candidates of every expectation over actions. */
  readonly candidates: number;
  /** Continuous actions: 1 or 2. */
  readonly critics: number;
  /** Of the temporal difference. */
  readonly loss: 'squared' | 'huber';
};

/** Complete defaults. */
export const softQDefaults: SoftQLearnerOptions = {
  ...offPolicyLoopDefaults,
  batchSize: 128,
  hidden: [64, 64],
  activation: 'relu',
  learningRate: 1e-3,
  clipNorm: 10,
  targetRate: 0.005,
  temperature: 0.3,
  backup: 'logMeanExp',
  candidates: 32,
  critics: 2,
  loss: 'squared',
  evaluation: 'mode',
};

/**
 * Soft Q-learning, for discrete and continuous actions.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Haarnoja, Tang, Abbeel, Levine. Reinforcement Learning with Deep Energy-Based Policies. ICML 2017.
 * arXiv:1702.08165.
 */
export function createSoftQ(options: Partial<SoftQLearnerOptions> = {}): ControlLearner<null> {
  const all: SoftQLearnerOptions = { ...softQDefaults, ...options };
  requireNetworkOptions('soft-q', all);
  requirePositive('soft-q', all, 'temperature');
  requireOneOf('soft-q', all, 'backup', ['logSumExp', 'logMeanExp']);
  requireOneOf('soft-q', all, 'loss', ['squared', 'huber']);
  requireInteger('soft-q', all, 'candidates');
  requireInteger('soft-q', all, 'critics', 1, 2);
  return offPolicyLearner({
    name: 'soft-q',
    algorithm: (spec) => softQ(spec, { ...all, critics: all.critics as 1 | 2 }),
    loop: all,
    evaluation: all.evaluation,
  });
}
