import {
  type ControlLearner,
  type ControlSpec,
  requireInteger,
  requireNonNegative,
  requirePositive,
  TasklearnError,
} from '@tasklearn/core';
import { ddpg, td3 } from '../actor-critic/td3.js';
import { offPolicyLearner } from '../off-policy/off-policy-learner.js';
import { offPolicyLoopDefaults } from '../off-policy/off-policy-loop.js';
import { discreteActionsOf } from '../policies/policy-for.js';
import { type OffPolicyNetworkOptions, requireNetworkOptions } from './network-options.js';

/** Options of `td3` and `ddpg`. */
export type Td3LearnerOptions = OffPolicyNetworkOptions & {
  /** Of the actor's Adam. */
  readonly actorLearningRate: number;
  /** 1 or 2. */
  readonly critics: number;
  /** σ of the noise on the target's action, in units of the reach. */
  readonly targetNoise: number;
  /** Largest such noise, in units of the reach. */
  readonly targetNoiseClip: number;
  /** Critic updates per update of actor and target networks. */
  readonly delay: number;
  /** Weight of mean a² in the actor's loss. */
  readonly actionPenalty: number;
  /** Clips targets to [−1/(1 − γ), 0], for rewards in [−1, 0]. */
  readonly clipTargets: boolean;
};

/** Complete defaults of `td3`. */
export const td3Defaults: Td3LearnerOptions = {
  ...offPolicyLoopDefaults,
  noise: 0.1,
  hidden: [64, 64],
  activation: 'relu',
  learningRate: 1e-3,
  actorLearningRate: 1e-3,
  clipNorm: 0,
  targetRate: 0.005,
  critics: 2,
  targetNoise: 0.2,
  targetNoiseClip: 0.5,
  delay: 2,
  actionPenalty: 0,
  clipTargets: false,
  evaluation: 'mode',
};

/** Complete defaults of `ddpg`. */
export const ddpgDefaults: Td3LearnerOptions = { ...td3Defaults, critics: 1, targetNoise: 0, delay: 1 };

/** @throws `UNSUPPORTED_TASK` where actions are discrete. */
function requireContinuous(owner: string, spec: ControlSpec): void {
  if (discreteActionsOf(spec) === undefined) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${owner}: actions must be continuous, got ${discreteActionsOf(spec)} discrete ones. Use \`dqn\` or \`sac\`.`,
    { action: spec.action },
  );
}

function create(name: 'td3' | 'ddpg', make: typeof td3, all: Td3LearnerOptions): ControlLearner<null> {
  requireNetworkOptions(name, all);
  requirePositive(name, all, 'actorLearningRate');
  requireInteger(name, all, 'critics', 1, 2);
  requireInteger(name, all, 'delay');
  for (const key of ['targetNoise', 'targetNoiseClip', 'actionPenalty'] as const)
    requireNonNegative(name, all, key);
  return offPolicyLearner({
    name,
    algorithm(spec) {
      requireContinuous(name, spec);
      return make(spec, { ...all, critics: all.critics as 1 | 2 });
    },
    loop: all,
    evaluation: all.evaluation,
  });
}

/**
 * Twin delayed deep deterministic policy gradient, for continuous actions.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Fujimoto, van Hoof, Meger. Addressing Function Approximation Error in Actor-Critic Methods. ICML 2018.
 * arXiv:1802.09477.
 */
export function createTd3(options: Partial<Td3LearnerOptions> = {}): ControlLearner<null> {
  return create('td3', td3, { ...td3Defaults, ...options });
}

/**
 * Deep deterministic policy gradient, for continuous actions.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Lillicrap et al. Continuous Control with Deep Reinforcement Learning. ICLR 2016. arXiv:1509.02971.
 */
export function createDdpg(options: Partial<Td3LearnerOptions> = {}): ControlLearner<null> {
  return create('ddpg', ddpg, { ...ddpgDefaults, ...options });
}
