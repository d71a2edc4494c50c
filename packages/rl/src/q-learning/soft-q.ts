import {
  type ControlSpec,
  type GradientTransformation,
  type Rng,
  requirePositive,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import { type ActivationName, createOptimizer, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { criticGradient } from '../actor-critic/critic-gradient.js';
import { type Critics, criticsFor, leastOf } from '../actor-critic/twin-critic.js';
import type {
  AlgorithmUpdate,
  CombineGradients,
  OffPolicyAlgorithm,
  TransitionBatch,
} from '../off-policy/off-policy-algorithm.js';
import { initialNetwork, optimized, parameterSpec } from '../off-policy/parameter-spec.js';
import { bellmanTarget, polyak } from '../off-policy/target-network.js';
import { actionLimits } from '../policies/action-limits.js';
import type { Policy } from '../policies/policy.js';
import { actionSizeOf, discreteActionsOf } from '../policies/policy-for.js';
import {
  type BoltzmannDensityOptions,
  boltzmannDensity,
  boltzmannHead,
  logMeanExpValue,
  toCandidates,
} from './boltzmann-density.js';
import { type DqnState, dqn } from './dqn.js';

/** What {@link softQ} is made of. */
export interface SoftQOptions {
  /** Units of each hidden layer. Default `[64, 64]`. */
  readonly hidden?: readonly number[];
  /** Default `relu`. */
  readonly activation?: ActivationName;
  /** Z: numbers of the context z beside the observation. Default 0. */
  readonly contextSize?: number;
  /** γ in [0, 1]. Default 0.99. */
  readonly discount?: number;
  /** Of Adam. Default 0.001. */
  readonly learningRate?: number;
  /** Largest norm of a gradient; 0, the default, does not clip. */
  readonly clipNorm?: number;
  /** τ of the target network. Default 0.005. */
  readonly targetRate?: number;
  /** α > 0. Default 1. */
  readonly temperature?: number;
  /**
   * `logSumExp` or `logMeanExp`. The sum pays for entropy, and so for every step that the agent lives; the mean pays for
   * the divergence from the uniform policy, which does not. Default `logMeanExp`; continuous actions always take it.
   */
  readonly backup?: 'logSumExp' | 'logMeanExp';
  /** Continuous actions: M, candidates of every expectation over actions. Default 32. */
  readonly candidates?: number;
  /** Continuous actions: 1 or 2; of two the smaller value counts. Default 2. */
  readonly critics?: 1 | 2;
  /** Default `squared`. */
  readonly loss?: 'squared' | 'huber';
  /** Combines the tasks' gradients. Default: their mean. */
  readonly combineGradients?: CombineGradients;
}

interface Parts {
  readonly critics: Critics;
  readonly spec: TreeSpec;
  readonly optimizer: GradientTransformation;
  readonly density: BoltzmannDensityOptions;
  readonly options: SoftQOptions;
}

/** Every row of [T, B, D] M times in a row, [T, B · M, D]. */
function repeated(rows: Tensor, count: number): Tensor {
  const [tasks, items, size] = rows.shape as [number, number, number];
  return tf.tile(rows.expandDims(2), [1, 1, count, 1]).reshape([tasks, items * count, size]);
}

/** Q of M candidates for each row, [T, B · M]. */
function valuesOf(
  { critics, density }: Parts,
  parameters: Parameters,
  observation: Tensor,
  context: Tensor | undefined,
  candidates: Tensor,
): Tensor {
  const rows = repeated(observation, density.candidates);
  const z = context && repeated(context, density.candidates);
  return leastOf(critics.values(parameters, rows, candidates, z));
}

function policyOf(parts: Parts): Policy {
  return {
    head: boltzmannHead(parts.density),
    init: (rng) => parts.critics.init(rng),
    apply(parameters, observations, context) {
      const [tasks, items] = observations.shape as [number, number];
      const values = (candidates: Tensor) => valuesOf(parts, parameters, observations, context, candidates);
      return boltzmannDensity(values, tasks, items, parts.density);
    },
  };
}

function update(parts: Parts, state: DqnState, batch: TransitionBatch, rng: Rng): AlgorithmUpdate<DqnState> {
  const { critics, spec, density, options, optimizer } = parts;
  const { candidates: count, size, limits, temperature } = density;
  const [tasks, items] = batch.reward.shape as [number, number];
  const candidates = toCandidates(rng.uniform([tasks, items * count, size]), limits);
  const parameters = unflattenTree<Parameters>(state.target, spec);
  const values = valuesOf(parts, parameters, batch.next, batch.context, candidates);
  const value = logMeanExpValue(values.reshape([tasks, items, count]), temperature); // [T, B]
  const target = bellmanTarget(batch.reward, batch.discount, value, options.discount ?? 0.99);
  const { loss, gradient, kept } = criticGradient(critics, state.online, spec, batch, target, options);
  const next = optimized(optimizer, gradient, state.optimizer, state.online, state.step);
  return {
    state: {
      online: next.vector,
      target: polyak(state.target, next.vector, options.targetRate ?? 0.005),
      optimizer: next.optimizer,
      step: state.step.add(1),
    },
    metrics: { loss, value: kept.value as Tensor },
    errors: kept.errors as Tensor,
  };
}

function continuousSoftQ(spec: ControlSpec, options: SoftQOptions): OffPolicyAlgorithm<DqnState> {
  const { hidden, activation = 'relu', contextSize = 0, critics: count = 2 } = options;
  const { learningRate = 1e-3, clipNorm = 0, temperature = 1, candidates = 32 } = options;
  const shape = { activation, contextSize, ...(hidden === undefined ? {} : { hidden }) };
  const critics = criticsFor(spec, count, shape);
  const optimizer = createOptimizer({ name: 'adam', learningRate, clipNorm });
  const limits = actionLimits(spec.action);
  const parts: Parts = {
    critics,
    spec: parameterSpec(critics.init),
    optimizer,
    density: { size: actionSizeOf(spec), candidates, temperature, limits },
    options,
  };
  return {
    name: 'soft-q',
    policy: policyOf(parts),
    exploration: 'sample',
    period: 1,
    init(rng) {
      const { vector, optimizer: first } = initialNetwork(critics.init, optimizer, rng);
      return { online: vector, target: vector.clone(), optimizer: first, step: tf.scalar(0) };
    },
    update: (state, batch, rng) => update(parts, state, batch, rng),
    acting: (state) => state.online,
  };
}

/**
 * Soft Q-learning: Q ← r + γ d V(o′), V(o) = α log Σ_a exp(Q(o, a)/α), or with the mean over actions in place of the sum;
 * π(a | o) ∝ exp(Q(o, a)/α). Over continuous actions the mean is estimated from M uniform actions.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Haarnoja, Tang, Abbeel, Levine. Reinforcement Learning with Deep Energy-Based Policies. ICML 2017.
 * arXiv:1702.08165.
 */
export function softQ(spec: ControlSpec, options: SoftQOptions = {}): OffPolicyAlgorithm<DqnState> {
  const { temperature = 1, backup = 'logMeanExp', hidden, activation, contextSize } = options;
  requirePositive('softQ', { temperature }, 'temperature');
  if (discreteActionsOf(spec) === undefined) return continuousSoftQ(spec, options);
  const network = {
    ...(hidden === undefined ? {} : { hidden }),
    ...(activation === undefined ? {} : { activation }),
    ...(contextSize === undefined ? {} : { contextSize }),
  };
  return dqn(spec, { loss: 'squared', ...options, network, backup: { kind: backup, temperature } });
}
