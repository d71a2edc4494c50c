import { type ControlLearner, requireInteger, requirePositive, TasklearnError } from '@tasklearn/core';
import { sac } from '../actor-critic/discrete-sac.js';
import { offPolicyLearner } from '../off-policy/off-policy-learner.js';
import { offPolicyLoopDefaults } from '../off-policy/off-policy-loop.js';
import { type OffPolicyNetworkOptions, requireNetworkOptions } from './network-options.js';

/** Options of `sac`. */
export type SacLearnerOptions = OffPolicyNetworkOptions & {
  /** Of the actor's Adam. */
  readonly actorLearningRate: number;
  /** Of the temperature's Adam. */
  readonly temperatureLearningRate: number;
  /** 1 or 2. */
  readonly critics: number;
  /** α at the start. */
  readonly temperature: number;
  /** Whether α is adjusted to the target entropy. */
  readonly automaticTemperature: boolean;
  /** H̄ in nats; `null` for −A, and 0.98 log A with A discrete actions. */
  readonly targetEntropy: number | null;
  /** Whether each task has a temperature of its own; needs `perTask`. */
  readonly temperaturePerTask: boolean;
};

/** Complete defaults. */
export const sacDefaults: SacLearnerOptions = {
  ...offPolicyLoopDefaults,
  hidden: [64, 64],
  activation: 'relu',
  learningRate: 1e-3,
  actorLearningRate: 1e-3,
  temperatureLearningRate: 1e-3,
  clipNorm: 0,
  targetRate: 0.005,
  critics: 2,
  temperature: 1,
  automaticTemperature: true,
  targetEntropy: null,
  temperaturePerTask: false,
  evaluation: 'mode',
};

function validate(owner: string, options: SacLearnerOptions): void {
  requireNetworkOptions(owner, options);
  for (const key of ['actorLearningRate', 'temperatureLearningRate', 'temperature'] as const)
    requirePositive(owner, options, key);
  requireInteger(owner, options, 'critics', 1, 2);
  if (!options.temperaturePerTask || options.perTask) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`temperaturePerTask\` needs \`perTask\`: without it a batch does not know its tasks.`,
    { key: 'temperaturePerTask', received: true },
  );
}

/**
 * Soft actor-critic, for continuous and discrete actions.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Haarnoja, Zhou, Hartikainen et al. Soft Actor-Critic Algorithms and Applications. 2018. arXiv:1812.05905.
 */
export function createSac(options: Partial<SacLearnerOptions> = {}): ControlLearner<null> {
  const all: SacLearnerOptions = { ...sacDefaults, ...options };
  validate('sac', all);
  const { targetEntropy, ...rest } = all;
  const settings = {
    ...rest,
    critics: all.critics as 1 | 2,
    temperatures: all.temperaturePerTask ? all.tasks : 1,
    ...(targetEntropy === null ? {} : { targetEntropy }),
  };
  return offPolicyLearner({
    name: 'sac',
    algorithm: (spec) => sac(spec, settings),
    loop: all,
    evaluation: all.evaluation,
  });
}
