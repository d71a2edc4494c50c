import { type ControlSpec, type GradientTransformation, type TreeSpec, unflattenTree } from '@tasklearn/core';
import { createOptimizer, logSumExp, oneHot, type Parameters } from '@tasklearn/nn';
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
import { bellmanTarget, copyEvery, errorLoss, polyak } from '../off-policy/target-network.js';
import { boltzmannActions, categoricalHead } from '../policies/categorical-actions.js';
import type { DiscreteQFunction, Policy } from '../policies/policy.js';
import { discreteQFunctionFor, type QFunctionOptions } from '../policies/q-function-for.js';

/** How the values of the next state's actions become one value: the best of them, or a soft maximum. */
export type Backup =
  | { readonly kind: 'max' }
  | { readonly kind: 'logSumExp' | 'logMeanExp'; readonly temperature: number };

const MAX: Backup = { kind: 'max' };

/** What a {@link dqn} is made of. */
export interface DqnOptions {
  /** Of the default Q(s, ·). */
  readonly network?: QFunctionOptions;
  /** Another Q(s, ·). */
  readonly qFunction?: DiscreteQFunction;
  /** γ in [0, 1]. Default 0.99. */
  readonly discount?: number;
  /** Of Adam. Default 0.001. */
  readonly learningRate?: number;
  /** Largest norm of a gradient; 0, the default, does not clip. */
  readonly clipNorm?: number;
  /** Lets the network choose the action and the target network value it. Default true. */
  readonly double?: boolean;
  /** Default `huber`. */
  readonly loss?: 'squared' | 'huber';
  /** τ of the target network at every gradient step. Default 0.005. */
  readonly targetRate?: number;
  /** Gradient steps between hard copies into the target network, instead of τ; 0, the default, uses τ. */
  readonly targetPeriod?: number;
  /** Clips targets to [−1/(1 − γ), 0], for rewards in [−1, 0]. Default false. */
  readonly clipTargets?: boolean;
  /** Default `{ kind: 'max' }`. */
  readonly backup?: Backup;
  /** Combines the tasks' gradients. Default: their mean. */
  readonly combineGradients?: CombineGradients;
}

/** State of a Q-network under training. */
export type DqnState<Leaf = Tensor> = {
  /** θ, [P]. */
  readonly online: Leaf;
  /** θ′, [P]. */
  readonly target: Leaf;
  readonly optimizer: OptimizerState<Leaf>;
  /** Gradient steps made, []. */
  readonly step: Leaf;
};

/** V(s) of action values, [..., A] → [...]: max, α log Σ exp(Q / α), or α log mean exp(Q / α). */
export function stateValue(values: Tensor, backup: Backup): Tensor {
  if (backup.kind === 'max') return tf.max(values, -1);
  const { temperature: alpha, kind } = backup;
  const soft = logSumExp(values.div(alpha)).mul(alpha);
  const actions = values.shape[values.rank - 1] as number;
  return kind === 'logSumExp' ? soft : soft.sub(alpha * Math.log(actions));
}

/**
 * V(o′) of discrete actions: max_a Q′(o′, a), or a soft maximum, or Q′(o′, argmax_a Q(o′, a)) where `online` is given
 * (double Q-learning).
 *
 * @param target - Q′(o′, ·), [T, B, A].
 * @param online - Q(o′, ·), [T, B, A].
 * @returns V(o′), [T, B].
 * @see van Hasselt, Guez, Silver. Deep Reinforcement Learning with Double Q-learning. AAAI 2016. arXiv:1509.06461.
 */
export function nextValue(target: Tensor, backup: Backup, online?: Tensor): Tensor {
  if (online === undefined || backup.kind !== 'max') return stateValue(target, backup);
  return chosenValue(target, tf.argMax(online, -1));
}

/** Q(s, a) of the actions taken, [T, B], from the values of all, [T, B, A]. */
export function chosenValue(values: Tensor, actions: Tensor): Tensor {
  const count = values.shape[values.rank - 1] as number;
  const indices = actions.reshape(values.shape.slice(0, -1)).cast('int32');
  return tf.sum(values.mul(oneHot(indices, count)), -1);
}

/** The policy that a Q-function implies: Boltzmann with this temperature, whose mode is greedy. */
export function qPolicy(network: DiscreteQFunction, temperature = 1): Policy {
  return {
    head: categoricalHead(network.actions),
    init: (rng) => network.init(rng),
    apply: (parameters, observations, context) =>
      boltzmannActions(network.apply(parameters, observations, context), temperature),
  };
}

interface Parts {
  readonly network: DiscreteQFunction;
  readonly spec: TreeSpec;
  readonly optimizer: GradientTransformation;
  readonly options: DqnOptions;
}

/** Loss and gradient of a batch. */
function temporalDifference({ network, spec, options }: Parts, state: DqnState, batch: TransitionBatch) {
  const { discount = 0.99, double = true, backup = MAX, clipTargets, loss = 'huber' } = options;
  const valuesOf = (vector: Tensor) =>
    network.apply(unflattenTree<Parameters>(vector, spec), batch.next, batch.context); // [T, B, A]
  const chooser = double && backup.kind === 'max' ? valuesOf(state.online) : undefined;
  const value = nextValue(valuesOf(state.target), backup, chooser); // [T, B]
  const target = bellmanTarget(batch.reward, batch.discount, value, discount, clipTargets);
  const { combineGradients } = options;
  return gradientOfTasks(
    (parameters) => {
      const values = network.apply(parameters, batch.observation, batch.context);
      const chosen = chosenValue(values, batch.action); // [T, B]
      const error = chosen.sub(target);
      return {
        losses: tf.mean(errorLoss(error, loss).mul(batch.weights), -1),
        kept: { errors: tf.abs(error), value: tf.mean(chosen) },
      };
    },
    state.online,
    spec,
    combineGradients && {
      tasks: batch.reward.shape[0] as number,
      merge: (gradients) => combineGradients(gradients, 'critic'),
    },
  );
}

function update(parts: Parts, state: DqnState, batch: TransitionBatch): AlgorithmUpdate<DqnState> {
  const { targetPeriod = 0, targetRate = 0.005 } = parts.options;
  const { loss, gradient, kept } = temporalDifference(parts, state, batch);
  const next = optimized(parts.optimizer, gradient, state.optimizer, state.online, state.step);
  const target =
    targetPeriod > 0
      ? copyEvery(state.target, next.vector, state.step, targetPeriod)
      : polyak(state.target, next.vector, targetRate);
  return {
    state: { online: next.vector, target, optimizer: next.optimizer, step: state.step.add(1) },
    metrics: { loss, value: kept.value as Tensor },
    errors: kept.errors as Tensor,
  };
}

/**
 * Deep Q-learning over discrete actions, with its double, dueling and soft forms:
 *
 * θ ← Adam(∇_θ mean ℓ(Q_θ(o, a) − y)), y = r + γ d Q_θ′(o′, argmax_a Q_θ(o′, a))
 *
 * @throws `UNSUPPORTED_TASK` where actions are continuous; `INVALID_OPTION`.
 *
 * @see Mnih et al. Human-level control through deep reinforcement learning. Nature 518, 2015.
 */
export function dqn(spec: ControlSpec, options: DqnOptions = {}): OffPolicyAlgorithm<DqnState> {
  const network = options.qFunction ?? discreteQFunctionFor(spec, options.network);
  const { learningRate = 1e-3, clipNorm = 0, backup = MAX } = options;
  const optimizer = createOptimizer({ name: 'adam', learningRate, clipNorm });
  const parts: Parts = { network, spec: parameterSpec(network.init), optimizer, options };
  return {
    name: backup.kind === 'max' ? 'dqn' : 'soft-q',
    policy: qPolicy(network, backup.kind === 'max' ? 1 : backup.temperature),
    exploration: backup.kind === 'max' ? 'mode' : 'sample',
    period: 1,
    init(rng) {
      const { vector, optimizer: first } = initialNetwork(network.init, optimizer, rng);
      return { online: vector, target: vector.clone(), optimizer: first, step: tf.scalar(0) };
    },
    update: (state, batch) => update(parts, state, batch),
    acting: (state) => state.online,
  };
}
