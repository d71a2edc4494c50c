import { type ControlSpec, requireNonNegative, requirePositive, type Tree } from '@tasklearn/core';
import { type CombineGradients, ddpg, dqn, type OffPolicyAlgorithm, sac, td3 } from '@tasklearn/rl';
import type { Tensor } from '@tensorflow/tfjs';

/** What every base learner is made of. */
export interface BaseOptions {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Z: numbers of z beside an observation. */
  readonly contextSize: number;
  /** γ in [0, 1). */
  readonly discount: number;
  /** η of Adam, > 0. */
  readonly learningRate: number;
  /** η of the actor, where there is one beside a critic, > 0. */
  readonly actorLearningRate: number;
  /** How far slow copies move at each gradient step, in (0, 1]. */
  readonly targetRate: number;
  /** Clips value targets to [−1/(1−γ), 0]: for rewards in [−1, 0] only. */
  readonly clipTargets: boolean;
  /** What becomes of the gradients of several tasks. Default: their mean. */
  readonly combineGradients?: CombineGradients;
}

/** A base learner for an environment. @throws `UNSUPPORTED_TASK` for actions that it cannot take. */
export type CreateBase = (spec: ControlSpec, options: BaseOptions) => OffPolicyAlgorithm<Tree<Tensor>>;

/** Any state will do: what is done with it goes through the algorithm's own functions. */
const anyState = (algorithm: unknown) => algorithm as OffPolicyAlgorithm<Tree<Tensor>>;

/** Deep Q-learning with z, its loss squared. */
export function dqnBase(double: boolean): CreateBase {
  return (spec, { hidden, contextSize, actorLearningRate: _, ...options }) =>
    anyState(dqn(spec, { ...options, network: { hidden, contextSize }, double, loss: 'squared' }));
}

/** Deterministic policy gradients with z: TD3, or DDPG. @throws `INVALID_OPTION` for a negative penalty. */
export function deterministicBase(algorithm: 'td3' | 'ddpg', actionPenalty: number): CreateBase {
  requireNonNegative(algorithm, { actionPenalty }, 'actionPenalty');
  const create = algorithm === 'td3' ? td3 : ddpg;
  return (spec, options) => anyState(create(spec, { ...options, actionPenalty }));
}

/** How {@link sacBase} weighs the entropy of actions. */
export interface SacBaseOptions {
  /** α > 0; where it is tuned, its first value. */
  readonly temperature: number;
  /** Whether α is tuned to an entropy of −A. */
  readonly automaticTemperature: boolean;
}

/** Soft actor-critic with z, for continuous or discrete actions. @throws `INVALID_OPTION` unless α > 0. */
export function sacBase({ temperature, automaticTemperature }: SacBaseOptions): CreateBase {
  requirePositive('sac', { temperature }, 'temperature');
  return (spec, { clipTargets: _, ...options }) =>
    anyState(sac(spec, { ...options, temperature, automaticTemperature }));
}
