import {
  type ControlSpec,
  type GradientTransformation,
  type Rng,
  type TreeSpec,
  unflattenTree,
} from '@tasklearn/core';
import { type ActivationName, createOptimizer, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
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
import { bellmanTarget, polyak } from '../off-policy/target-network.js';
import { actionLimits } from '../policies/action-limits.js';
import type { Policy } from '../policies/policy.js';
import { actionSizeOf, discreteActionsOf, policyFor } from '../policies/policy-for.js';
import { combinerOf, criticGradient } from './critic-gradient.js';
import { type Critics, criticsFor, leastOf } from './twin-critic.js';

/** What {@link sac} is made of. */
export interface SacOptions {
  /** Units of each hidden layer of actor and critics. Default `[64, 64]`. */
  readonly hidden?: readonly number[];
  /** Default `relu`. */
  readonly activation?: ActivationName;
  /** Z: numbers of the context z beside the observation. Default 0. */
  readonly contextSize?: number;
  /** γ in [0, 1]. Default 0.99. */
  readonly discount?: number;
  /** Of the critics' Adam. Default 3e-4. */
  readonly learningRate?: number;
  /** Of the actor's Adam. Default: as the critics'. */
  readonly actorLearningRate?: number;
  /** Of the temperature's Adam. Default: as the critics'. */
  readonly temperatureLearningRate?: number;
  /** Largest norm of a gradient; 0, the default, does not clip. */
  readonly clipNorm?: number;
  /** τ of the target networks. Default 0.005. */
  readonly targetRate?: number;
  /** 1 or 2; of two the smaller value counts. Default 2. */
  readonly critics?: 1 | 2;
  /** α at the start, > 0. Default 1. */
  readonly temperature?: number;
  /** Whether α is adjusted to the target entropy. Default true. */
  readonly automaticTemperature?: boolean;
  /** H̄ in nats, with actions in units of the reach. Default −A, and 0.98 log A for A discrete actions. */
  readonly targetEntropy?: number;
  /** T temperatures, one for each task of a batch, instead of one for all. Default 1. */
  readonly temperatures?: number;
  /** Default `squared`. */
  readonly loss?: 'squared' | 'huber';
  /** Combines the tasks' gradients. Default: their mean. */
  readonly combineGradients?: CombineGradients;
}

/** State of a stochastic actor, its critics and its temperature under training. */
export type SacState<Leaf = Tensor> = {
  /** Parameters of π, [P_a]. */
  readonly actor: Leaf;
  /** Parameters of all critics, [P_c]. */
  readonly critic: Leaf;
  readonly targetCritic: Leaf;
  /** log α, [1] or [T]. */
  readonly logTemperature: Leaf;
  readonly actorOptimizer: OptimizerState<Leaf>;
  readonly criticOptimizer: OptimizerState<Leaf>;
  readonly temperatureOptimizer: OptimizerState<Leaf>;
  /** Gradient steps made, []. */
  readonly step: Leaf;
};

/** What actor and critics of soft actor-critic say of each other, for continuous or discrete actions. */
export interface SoftActorCritic {
  readonly policy: Policy;
  readonly critics: Pick<Critics, 'init'>;
  /** V(o) = E_π[min_i Q_i(o, a) − α log π(a | o)], [T, B]. */
  value(actor: Parameters, critic: Parameters, batch: SoftBatch, alpha: Tensor, rng: Rng): SoftValue;
  /** Gradient of the critics' loss, as `criticGradient`. */
  criticGradient: (
    critic: Tensor,
    spec: TreeSpec,
    batch: TransitionBatch,
    target: Tensor,
  ) => ReturnType<typeof criticGradient>;
}

/** Observations, and the context that goes with them. */
export interface SoftBatch {
  readonly observation: Tensor;
  readonly context?: Tensor;
}

/** A value with the entropy of the policy that it is of. */
export interface SoftValue {
  /** [T, B]. */
  readonly value: Tensor;
  /** One-sample or exact estimate of the entropy, [T, B]. */
  readonly entropy: Tensor;
}

/** Actor and critics for continuous actions: a reparameterised sample stands for the expectation. */
export function continuousSoftActorCritic(spec: ControlSpec, options: SacOptions): SoftActorCritic {
  const { hidden, activation = 'relu', contextSize = 0, critics: count = 2 } = options;
  const shape = { activation, contextSize, ...(hidden === undefined ? {} : { hidden }) };
  const policy = policyFor(spec, { ...shape, family: 'tanhGaussian', deviation: 'network' });
  const critics = criticsFor(spec, count, shape);
  // Entropy in units of the reach, whatever the units of the actions.
  const logVolume = actionSizeOf(spec) * Math.log(actionLimits(spec.action).reach);
  return {
    policy,
    critics,
    value(actor, critic, { observation, context }, alpha, rng) {
      const { sample, logProbability } = policy
        .apply(actor, observation, context)
        .sampleWithLogProbability(rng);
      const entropy = tf.neg(logProbability).sub(logVolume); // [T, B]
      const least = leastOf(critics.values(critic, observation, sample, context)); // [T, B]
      return { value: least.add(alpha.mul(entropy)), entropy };
    },
    criticGradient: (critic, criticSpec, batch, target) =>
      criticGradient(critics, critic, criticSpec, batch, target, options),
  };
}

interface Parts {
  readonly parts: SoftActorCritic;
  readonly actorSpec: TreeSpec;
  readonly criticSpec: TreeSpec;
  readonly targetEntropy: number;
  readonly optimizers: Readonly<Record<'actor' | 'critic' | 'temperature', GradientTransformation>>;
  readonly options: SacOptions;
}

function targetOf(all: Parts, state: SacState, batch: TransitionBatch, alpha: Tensor, rng: Rng): Tensor {
  const { parts, actorSpec, criticSpec, options } = all;
  const actor = unflattenTree<Parameters>(state.actor, actorSpec);
  const critic = unflattenTree<Parameters>(state.targetCritic, criticSpec);
  const { value } = parts.value(actor, critic, { ...batch, observation: batch.next }, alpha, rng);
  return bellmanTarget(batch.reward, batch.discount, value, options.discount ?? 0.99);
}

/** min_π E[KL(π ‖ exp(Q/α)/Z)], up to a constant: ascent of V. */
function actorGradient(
  all: Parts,
  state: SacState,
  critic: Tensor,
  batch: TransitionBatch,
  alpha: Tensor,
  rng: Rng,
) {
  const { parts, actorSpec, criticSpec, options } = all;
  const values = unflattenTree<Parameters>(critic, criticSpec);
  return gradientOfTasks(
    (parameters) => {
      const { value, entropy } = parts.value(parameters, values, batch, alpha, rng);
      return { losses: tf.neg(tf.mean(value, -1)), kept: { entropy: tf.mean(entropy, -1) } };
    },
    state.actor,
    actorSpec,
    combinerOf(options.combineGradients, batch, 'actor'),
  );
}

/** ∂/∂log α of log α (H(π) − H̄), as the released code has it: the gradient does not vanish with α. */
function temperatureUpdate({ targetEntropy, optimizers, options }: Parts, state: SacState, entropy: Tensor) {
  const { logTemperature, temperatureOptimizer, step } = state;
  if (options.automaticTemperature === false)
    return { vector: logTemperature, optimizer: temperatureOptimizer };
  const excess = entropy.sub(targetEntropy); // [T]
  const gradient = logTemperature.size === 1 ? tf.mean(excess).reshape([1]) : excess;
  return optimized(optimizers.temperature, gradient, temperatureOptimizer, logTemperature, step);
}

function update(all: Parts, state: SacState, batch: TransitionBatch, rng: Rng): AlgorithmUpdate<SacState> {
  const { parts, optimizers, options } = all;
  const alpha = tf.exp(state.logTemperature).expandDims(1); // [1, 1] or [T, 1]
  const target = targetOf(all, state, batch, alpha, rng.split('target'));
  const descent = parts.criticGradient(state.critic, all.criticSpec, batch, target);
  const { step } = state;
  const critic = optimized(optimizers.critic, descent.gradient, state.criticOptimizer, state.critic, step);
  const ascent = actorGradient(all, state, critic.vector, batch, alpha, rng.split('actor'));
  const actor = optimized(optimizers.actor, ascent.gradient, state.actorOptimizer, state.actor, step);
  const entropy = ascent.kept.entropy as Tensor; // [T]
  const temperature = temperatureUpdate(all, state, entropy);
  return {
    state: {
      actor: actor.vector,
      critic: critic.vector,
      targetCritic: polyak(state.targetCritic, critic.vector, options.targetRate ?? 0.005),
      logTemperature: temperature.vector,
      actorOptimizer: actor.optimizer,
      criticOptimizer: critic.optimizer,
      temperatureOptimizer: temperature.optimizer,
      step: step.add(1),
    },
    metrics: {
      criticLoss: descent.loss,
      actorLoss: ascent.loss,
      value: descent.kept.value as Tensor,
      entropy: tf.mean(entropy),
      temperature: tf.mean(alpha),
    },
    errors: descent.kept.errors as Tensor,
  };
}

function defaultTargetEntropy(spec: ControlSpec): number {
  const actions = discreteActionsOf(spec);
  return actions === undefined ? -actionSizeOf(spec) : 0.98 * Math.log(actions);
}

function allParts(spec: ControlSpec, parts: SoftActorCritic, options: SacOptions): Parts {
  const { learningRate = 3e-4, clipNorm = 0 } = options;
  const adamAt = (rate: number) => createOptimizer({ name: 'adam', learningRate: rate, clipNorm });
  return {
    parts,
    actorSpec: parameterSpec(parts.policy.init),
    criticSpec: parameterSpec(parts.critics.init),
    targetEntropy: options.targetEntropy ?? defaultTargetEntropy(spec),
    optimizers: {
      critic: adamAt(learningRate),
      actor: adamAt(options.actorLearningRate ?? learningRate),
      temperature: adamAt(options.temperatureLearningRate ?? learningRate),
    },
    options,
  };
}

/** Soft actor-critic from its parts. */
export function softActorCritic(
  spec: ControlSpec,
  parts: SoftActorCritic,
  options: SacOptions,
): OffPolicyAlgorithm<SacState> {
  const all = allParts(spec, parts, options);
  const { temperature = 1, temperatures = 1 } = options;
  return {
    name: 'sac',
    policy: parts.policy,
    exploration: 'sample',
    period: 1,
    init(rng) {
      const actor = initialNetwork(parts.policy.init, all.optimizers.actor, rng.split('actor'));
      const critic = initialNetwork(parts.critics.init, all.optimizers.critic, rng.split('critic'));
      return {
        actor: actor.vector,
        critic: critic.vector,
        targetCritic: critic.vector.clone(),
        logTemperature: tf.fill([temperatures], Math.log(temperature)),
        actorOptimizer: actor.optimizer,
        criticOptimizer: critic.optimizer,
        temperatureOptimizer: all.optimizers.temperature.init(temperatures) as OptimizerState,
        step: tf.scalar(0),
      };
    },
    update: (state, batch, rng) => update(all, state, batch, rng),
    acting: (state) => state.actor,
  };
}
