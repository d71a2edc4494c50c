import {
  type ControlSpec,
  type GradientTransformation,
  type Rng,
  requireInteger,
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
import { type ActionLimits, actionLimits, clipAction, fromAction } from '../policies/action-limits.js';
import type { Policy } from '../policies/policy.js';
import { policyFor } from '../policies/policy-for.js';
import { combinerOf, criticGradient } from './critic-gradient.js';
import { type Critics, criticsFor, leastOf } from './twin-critic.js';

/** What {@link td3} is made of; {@link ddpg} has other defaults. */
export interface Td3Options {
  /** Units of each hidden layer of actor and critics. Default `[64, 64]`. */
  readonly hidden?: readonly number[];
  /** Default `relu`. */
  readonly activation?: ActivationName;
  /** Z: numbers of the context z beside the observation. Default 0. */
  readonly contextSize?: number;
  /** γ in [0, 1]. Default 0.99. */
  readonly discount?: number;
  /** Of the critics' Adam. Default 0.001. */
  readonly learningRate?: number;
  /** Of the actor's Adam. Default 0.001. */
  readonly actorLearningRate?: number;
  /** Largest norm of a gradient; 0, the default, does not clip. */
  readonly clipNorm?: number;
  /** τ of the target networks. Default 0.005. */
  readonly targetRate?: number;
  /** 1 or 2; of two the smaller value counts. Default 2, and 1 for `ddpg`. */
  readonly critics?: 1 | 2;
  /** σ of the noise on the target's action, in units of the reach. Default 0.2, and 0 for `ddpg`. */
  readonly targetNoise?: number;
  /** Largest such noise, in units of the reach. Default 0.5. */
  readonly targetNoiseClip?: number;
  /** Critic updates per update of actor and target networks. Default 2, and 1 for `ddpg`. */
  readonly delay?: number;
  /** Weight of mean a², a in units of the reach, in the actor's loss. Default 0. */
  readonly actionPenalty?: number;
  /** Clips targets to [−1/(1 − γ), 0], for rewards in [−1, 0]. Default false. */
  readonly clipTargets?: boolean;
  /** Default `squared`. */
  readonly loss?: 'squared' | 'huber';
  /** Combines the tasks' gradients. Default: their mean. */
  readonly combineGradients?: CombineGradients;
}

/** State of a deterministic actor and its critics under training. */
export type Td3State<Leaf = Tensor> = {
  /** Parameters of μ, [P_a]. */
  readonly actor: Leaf;
  /** Parameters of all critics, [P_c]. */
  readonly critic: Leaf;
  readonly targetActor: Leaf;
  readonly targetCritic: Leaf;
  readonly actorOptimizer: OptimizerState<Leaf>;
  readonly criticOptimizer: OptimizerState<Leaf>;
  /** Critic updates made, []. */
  readonly step: Leaf;
  /** Actor updates made, []. */
  readonly actorStep: Leaf;
};

interface Parts {
  readonly policy: Policy;
  readonly critics: Critics;
  readonly actorSpec: TreeSpec;
  readonly criticSpec: TreeSpec;
  readonly limits: ActionLimits;
  readonly actorOptimizer: GradientTransformation;
  readonly criticOptimizer: GradientTransformation;
  readonly options: Td3Options;
}

/**
 * The target policy's action, smoothed: clip(μ′(o′) + clip(σ ε, −c, c)).
 *
 * @param action - μ′(o′), [T, B, A].
 */
export function smoothedAction(
  action: Tensor,
  limits: ActionLimits,
  noise: number,
  noiseClip: number,
  rng: Rng,
): Tensor {
  if (noise === 0) return action;
  const drawn = rng.normal(action.shape).mul(noise); // [T, B, A]
  const bounded = tf.maximum(tf.minimum(drawn, noiseClip), -noiseClip);
  return clipAction(action.add(bounded.mul(limits.reach)), limits);
}

function targetOf(parts: Parts, state: Td3State, batch: TransitionBatch, rng: Rng): Tensor {
  const { policy, critics, actorSpec, criticSpec, limits, options } = parts;
  const { targetNoise = 0.2, targetNoiseClip = 0.5, discount = 0.99, clipTargets } = options;
  const actor = unflattenTree<Parameters>(state.targetActor, actorSpec);
  const critic = unflattenTree<Parameters>(state.targetCritic, criticSpec);
  const action = policy.apply(actor, batch.next, batch.context).mode(); // [T, B, A]
  const smoothed = smoothedAction(action, limits, targetNoise, targetNoiseClip, rng);
  const value = leastOf(critics.values(critic, batch.next, smoothed, batch.context)); // [T, B]
  return bellmanTarget(batch.reward, batch.discount, value, discount, clipTargets);
}

/** Ascent of Q_1(o, μ(o)). */
function actorGradient(parts: Parts, state: Td3State, critic: Tensor, batch: TransitionBatch) {
  const { policy, critics, actorSpec, criticSpec, limits } = parts;
  const { actionPenalty = 0, combineGradients } = parts.options;
  const values = unflattenTree<Parameters>(critic, criticSpec);
  return gradientOfTasks(
    (parameters) => {
      const action = policy.apply(parameters, batch.observation, batch.context).mode();
      const value = critics.first(values, batch.observation, action, batch.context); // [T, B]
      const losses = tf.neg(tf.mean(value, -1)); // [T]
      if (actionPenalty === 0) return { losses };
      const size = tf.mean(tf.square(fromAction(action, limits)), [1, 2]); // [T]
      return { losses: losses.add(size.mul(actionPenalty)) };
    },
    state.actor,
    actorSpec,
    combinerOf(combineGradients, batch, 'actor'),
  );
}

function update(
  parts: Parts,
  state: Td3State,
  batch: TransitionBatch,
  rng: Rng,
  phase: number,
): AlgorithmUpdate<Td3State> {
  const { delay = 2, targetRate = 0.005 } = parts.options;
  const target = targetOf(parts, state, batch, rng.split('target'));
  const { loss, gradient, kept } = criticGradient(
    parts.critics,
    state.critic,
    parts.criticSpec,
    batch,
    target,
    parts.options,
  );
  const critic = optimized(parts.criticOptimizer, gradient, state.criticOptimizer, state.critic, state.step);
  const learnt = {
    ...state,
    critic: critic.vector,
    criticOptimizer: critic.optimizer,
    step: state.step.add(1),
  };
  const found = { metrics: { criticLoss: loss, value: kept.value as Tensor }, errors: kept.errors as Tensor };
  if (phase !== delay - 1) return { ...found, state: learnt };
  const ascent = actorGradient(parts, state, critic.vector, batch);
  const actor = optimized(
    parts.actorOptimizer,
    ascent.gradient,
    state.actorOptimizer,
    state.actor,
    state.actorStep,
  );
  return {
    errors: found.errors,
    metrics: { ...found.metrics, actorLoss: ascent.loss },
    state: {
      ...learnt,
      actor: actor.vector,
      actorOptimizer: actor.optimizer,
      actorStep: state.actorStep.add(1),
      targetActor: polyak(state.targetActor, actor.vector, targetRate),
      targetCritic: polyak(state.targetCritic, critic.vector, targetRate),
    },
  };
}

function partsOf(spec: ControlSpec, options: Td3Options): Parts {
  const { hidden, activation = 'relu', contextSize = 0, critics: count = 2, clipNorm = 0 } = options;
  const { learningRate = 1e-3, actorLearningRate = 1e-3, delay = 2 } = options;
  requireInteger('td3', { delay }, 'delay');
  const shape = { activation, contextSize, ...(hidden === undefined ? {} : { hidden }) };
  const policy = policyFor(spec, { ...shape, family: 'deterministic' });
  const critics = criticsFor(spec, count, shape);
  return {
    policy,
    critics,
    actorSpec: parameterSpec(policy.init),
    criticSpec: parameterSpec(critics.init),
    limits: actionLimits(spec.action),
    actorOptimizer: createOptimizer({ name: 'adam', learningRate: actorLearningRate, clipNorm }),
    criticOptimizer: createOptimizer({ name: 'adam', learningRate, clipNorm }),
    options,
  };
}

/**
 * Twin delayed deep deterministic policy gradient:
 *
 * y = r + γ d min_i Q′_i(o′, clip(μ′(o′) + clip(σ ε, ±c))); Q_i ← descent of (Q_i(o, a) − y)²; every `delay` steps
 * μ ← ascent of Q_1(o, μ(o)) and the target networks follow.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Fujimoto, van Hoof, Meger. Addressing Function Approximation Error in Actor-Critic Methods. ICML 2018,
 * Algorithm 1. arXiv:1802.09477.
 */
export function td3(spec: ControlSpec, options: Td3Options = {}): OffPolicyAlgorithm<Td3State> {
  const parts = partsOf(spec, options);
  return {
    name: 'td3',
    policy: parts.policy,
    exploration: 'mode',
    period: options.delay ?? 2,
    init(rng) {
      const actor = initialNetwork(parts.policy.init, parts.actorOptimizer, rng.split('actor'));
      const critic = initialNetwork(parts.critics.init, parts.criticOptimizer, rng.split('critic'));
      return {
        actor: actor.vector,
        critic: critic.vector,
        targetActor: actor.vector.clone(),
        targetCritic: critic.vector.clone(),
        actorOptimizer: actor.optimizer,
        criticOptimizer: critic.optimizer,
        step: tf.scalar(0),
        actorStep: tf.scalar(0),
      };
    },
    update: (state, batch, rng, phase) => update(parts, state, batch, rng, phase),
    acting: (state) => state.actor,
  };
}

/**
 * Deep deterministic policy gradient: {@link td3} with one critic, no noise on the target and no delay.
 *
 * @throws `INVALID_OPTION`.
 *
 * @see Lillicrap et al. Continuous Control with Deep Reinforcement Learning. ICLR 2016. arXiv:1509.02971.
 */
export function ddpg(spec: ControlSpec, options: Td3Options = {}): OffPolicyAlgorithm<Td3State> {
  return { ...td3(spec, { critics: 1, targetNoise: 0, delay: 1, ...options }), name: 'ddpg' };
}
