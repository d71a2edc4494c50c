import type { ControlSpec, GradientTransformation, TreeSpec } from '@tasklearn/core';
import { type ActivationName, createOptimizer } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { combinerOf } from '../actor-critic/critic-gradient.js';
import { gradientOfTasks } from '../off-policy/gradient-of-tasks.js';
import type {
  AlgorithmUpdate,
  CombineGradients,
  OffPolicyAlgorithm,
  TransitionBatch,
} from '../off-policy/off-policy-algorithm.js';
import {
  initialNetwork,
  type OptimizerState,
  optimized,
  parameterSpec,
} from '../off-policy/parameter-spec.js';
import type { Policy } from '../policies/policy.js';
import { type PolicyOptions, policyFor } from '../policies/policy-for.js';

/** What {@link cloning} is made of. */
export interface CloningOptions {
  /** Units of each hidden layer. Default `[64, 64]`. */
  readonly hidden?: readonly number[];
  /** Default `tanh`. */
  readonly activation?: ActivationName;
  /** Z: numbers of the context z beside the observation. Default 0. */
  readonly contextSize?: number;
  /** Further options of the policy. */
  readonly policy?: PolicyOptions;
  /** Of Adam. Default 0.001. */
  readonly learningRate?: number;
  /** Largest norm of a gradient; 0, the default, does not clip. */
  readonly clipNorm?: number;
  /** Combines the tasks' gradients. Default: their mean. */
  readonly combineGradients?: CombineGradients;
}

/** State of a policy under maximum likelihood. */
export type CloningState<Leaf = Tensor> = {
  /** Parameters of π, [P]. */
  readonly policy: Leaf;
  readonly optimizer: OptimizerState<Leaf>;
  /** Gradient steps made, []. */
  readonly step: Leaf;
};

/**
 * −log π(a | o), weighted, mean over items, [T]: the loss of maximum-likelihood imitation.
 *
 * @param policy - with parameters, with or without the task axis.
 */
export function cloningLoss(
  policy: Policy,
  parameters: Parameters<Policy['apply']>[0],
  batch: Pick<TransitionBatch, 'observation' | 'action' | 'context' | 'weights'>,
): Tensor {
  const distribution = policy.apply(parameters, batch.observation, batch.context);
  const actions = policy.head.discrete
    ? batch.action.reshape(batch.observation.shape.slice(0, 2)) // [T, B]
    : batch.action;
  return tf.neg(tf.mean(distribution.logProbability(actions).mul(batch.weights), -1)); // [T]
}

function update(
  policy: Policy,
  spec: TreeSpec,
  optimizer: GradientTransformation,
  options: CloningOptions,
  state: CloningState,
  batch: TransitionBatch,
): AlgorithmUpdate<CloningState> {
  const { loss, gradient } = gradientOfTasks(
    (parameters) => ({ losses: cloningLoss(policy, parameters, batch) }),
    state.policy,
    spec,
    combinerOf(options.combineGradients, batch, 'actor'),
  );
  const next = optimized(optimizer, gradient, state.optimizer, state.policy, state.step);
  return {
    state: { policy: next.vector, optimizer: next.optimizer, step: state.step.add(1) },
    metrics: { loss },
  };
}

/**
 * Imitation by maximum likelihood: θ ← Adam(∇_θ mean −log π_θ(a | o)) over observations with the expert's actions.
 *
 * @see Pomerleau. ALVINN: An Autonomous Land Vehicle in a Neural Network. NeurIPS 1988.
 */
export function cloning(spec: ControlSpec, options: CloningOptions = {}): OffPolicyAlgorithm<CloningState> {
  const { hidden, activation = 'tanh', contextSize = 0, learningRate = 1e-3, clipNorm = 0 } = options;
  const policy = policyFor(spec, {
    activation,
    contextSize,
    ...(hidden === undefined ? {} : { hidden }),
    ...options.policy,
  });
  const structure = parameterSpec(policy.init);
  const optimizer = createOptimizer({ name: 'adam', learningRate, clipNorm });
  return {
    name: 'cloning',
    policy,
    exploration: 'mode',
    period: 1,
    init(rng) {
      const { vector, optimizer: first } = initialNetwork(policy.init, optimizer, rng);
      return { policy: vector, optimizer: first, step: tf.scalar(0) };
    },
    update: (state, batch) => update(policy, structure, optimizer, options, state, batch),
    acting: (state) => state.policy,
  };
}
