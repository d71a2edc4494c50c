import {
  type ControlLearner,
  requireInteger,
  requireIntegers,
  requireOneOf,
  requirePositive,
} from '@tasklearn/core';
import { sac } from '../actor-critic/discrete-sac.js';
import { offPolicyLearner } from '../off-policy/off-policy-learner.js';
import { type OffPolicyLoop, offPolicyLoopDefaults, requireLoop } from '../off-policy/off-policy-loop.js';

/** Options of `sac`. */
export type SacLearnerOptions = OffPolicyLoop & {
  /** Units of each hidden layer of actor and critics. */
  readonly hidden: readonly number[];
  /** After every hidden layer. */
  readonly activation: 'relu' | 'tanh' | 'elu' | 'gelu' | 'swish';
  /** Of the critics' Adam. */
  readonly learningRate: number;
  /** Of the actor's Adam. */
  readonly actorLearningRate: number;
  /** Of the temperature's Adam. */
  readonly temperatureLearningRate: number;
  /** Largest norm of a gradient; 0 does not clip. */
  readonly clipNorm: number;
  /** τ of the target networks. */
  readonly targetRate: number;
  /** 1 or 2. */
  readonly critics: number;
  /** α at the start. */
  readonly temperature: number;
  /** Whether α is adjusted to the target entropy. */
  readonly automaticTemperature: boolean;
  /** H̄; `null` for −A, and 0.98 log A with A discrete actions. */
  readonly targetEntropy: number | null;
  /** Whether each task has a temperature of its own; needs `perTask`. */
  readonly temperaturePerTask: boolean;
  /** What agents do. */
  readonly evaluation: 'sample' | 'mode';
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

/**
 * Soft actor-critic, for continuous and discrete actions.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Haarnoja, Zhou, Hartikainen et al. Soft Actor-Critic Algorithms and Applications. 2018. arXiv:1812.05905.
 */
export function createSac(options: Partial<SacLearnerOptions> = {}): ControlLearner<null> {
  const all: SacLearnerOptions = { ...sacDefaults, ...options };
  const owner = 'sac';
  requireLoop(owner, all);
  requireIntegers(owner, all, 'hidden');
  for (const key of ['learningRate', 'actorLearningRate', 'temperatureLearningRate', 'targetRate'] as const)
    requirePositive(owner, all, key);
  requirePositive(owner, all, 'temperature');
  requireInteger(owner, all, 'critics', 1, 2);
  requireOneOf(owner, all, 'evaluation', ['sample', 'mode']);
  const { targetEntropy, temperaturePerTask, tasks, critics, evaluation } = all;
  const settings = {
    ...all,
    critics: critics as 1 | 2,
    temperatures: temperaturePerTask ? tasks : 1,
  };
  const { targetEntropy: _unset, ...rest } = settings;
  return offPolicyLearner({
    name: owner,
    algorithm: (spec) => sac(spec, targetEntropy === null ? rest : { ...rest, targetEntropy }),
    loop: all,
    evaluation,
  });
}
