import type { ControlSpec, Rng } from '@tasklearn/core';
import { type Parameters, stopGradient } from '@tasklearn/nn';
import { continuousQFunctionFor, discreteQFunctionFor, policyFor } from '@tasklearn/rl';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { PearlOptions } from './pearl-options.js';

/** Parameters of the parts that act and judge. */
export type ControlParameters = { readonly [part: string]: Parameters };

/** Transitions of several tasks. */
export interface TaskTransitions {
  /** [T, B, O]. */
  readonly observation: Tensor;
  /** [T, B, A]: indices as numbers where discrete. */
  readonly action: Tensor;
  /** [T, B]. */
  readonly reward: Tensor;
  /** [T, B, O]. */
  readonly next: Tensor;
  /** [T, B]. */
  readonly discount: Tensor;
  /** 1 for tasks that count, else 0; [T]. */
  readonly weight: Tensor;
}

/** How a learner with a latent z acts and what it learns; z is [T, 1, Z]. Recordable. */
export interface LatentControl {
  init(rng: Rng): ControlParameters;
  /** Bellman error with the derivative in z, and the policy's loss with none. */
  losses(
    online: ControlParameters,
    target: ControlParameters,
    batch: TaskTransitions,
    z: Tensor,
    rng: Rng,
  ): { readonly critic: Scalar; readonly actor: Scalar };
  /**
   * At observations [T, O] with z [T, Z]: values of discrete actions [T, A], or a continuous action and the most probable
   * one side by side, [T, 2A].
   */
  act(online: ControlParameters, observation: Tensor, z: Tensor, rng: Rng): Tensor;
}

/** The mean of [T, B] over tasks that count. */
function taskMean(x: Tensor, weight: Tensor): Scalar {
  return tf.sum(tf.mean(x, 1).mul(weight)).div(tf.maximum(tf.sum(weight), 1)) as Scalar;
}

function stopped(parameters: Parameters): Parameters {
  return stopGradient(parameters as never);
}

/**
 * Soft actor-critic on (s, z): two values, y = r + γ d (min Q̄(s′, a′, ⊥z) − α log π(a′ | s′, ⊥z)); the policy sees z as
 * constant, so that the encoder learns from the values alone.
 *
 * @see Haarnoja et al. 2018. arXiv:1801.01290. Rakelly et al. 2019. arXiv:1903.08254.
 */
export function softActorCritic(spec: ControlSpec, options: PearlOptions): LatentControl {
  const { hidden, latentSize: contextSize, discount, rewardScale, entropyWeight } = options;
  const policy = policyFor(spec, {
    hidden,
    contextSize,
    family: 'tanhGaussian',
    deviation: 'network',
    activation: 'relu',
  });
  const value = continuousQFunctionFor(spec, { hidden, contextSize });
  const smaller = (parameters: ControlParameters, s: Tensor, a: Tensor, z: Tensor) =>
    tf.minimum(
      value.apply(parameters.first as Parameters, s, a, z),
      value.apply(parameters.second as Parameters, s, a, z),
    );
  return {
    init: (rng) => ({
      policy: policy.init(rng.split('policy')),
      first: value.init(rng.split('first')),
      second: value.init(rng.split('second')),
    }),
    losses(online, target, batch, z, rng) {
      const { observation, action, reward, next, discount: ongoing, weight } = batch;
      const fixed = stopGradient(z);
      const later = policy
        .apply(online.policy as Parameters, next, fixed)
        .sampleWithLogProbability(rng.split('next'));
      const worth = smaller(target, next, later.sample, fixed).sub(later.logProbability.mul(entropyWeight));
      const y = stopGradient(reward.mul(rewardScale).add(ongoing.mul(worth).mul(discount))); // [T, B]
      const error = (part: 'first' | 'second') =>
        taskMean(tf.square(value.apply(online[part] as Parameters, observation, action, z).sub(y)), weight);
      const now = policy
        .apply(online.policy as Parameters, observation, fixed)
        .sampleWithLogProbability(rng.split('now'));
      const judged = {
        first: stopped(online.first as Parameters),
        second: stopped(online.second as Parameters),
      };
      const gain = smaller(judged, observation, now.sample, fixed);
      return {
        critic: error('first').add(error('second')) as Scalar,
        actor: taskMean(now.logProbability.mul(entropyWeight).sub(gain), weight),
      };
    },
    act(online, observation, z, rng) {
      const distribution = policy.apply(
        online.policy as Parameters,
        observation.expandDims(1),
        z.expandDims(1),
      );
      return tf.concat([distribution.sample(rng), distribution.mode()], 2).squeeze([1]);
    },
  };
}

/** Double Q-learning on (s, z) with discrete actions. */
export function latentDoubleQ(spec: ControlSpec, options: PearlOptions): LatentControl {
  const { hidden, latentSize: contextSize, discount, rewardScale } = options;
  const values = discreteQFunctionFor(spec, { hidden, contextSize, dueling: true });
  return {
    init: (rng) => ({ values: values.init(rng) }),
    losses(online, target, batch, z) {
      const { observation, action, reward, next, discount: ongoing, weight } = batch;
      const fixed = stopGradient(z);
      const [tasks, items] = reward.shape as [number, number];
      const best = tf.argMax(values.apply(online.values as Parameters, next, fixed), -1).cast('int32');
      const later = values.apply(target.values as Parameters, next, fixed);
      const worth = tf.sum(later.mul(tf.oneHot(best, values.actions)), -1); // [T, B]
      const y = stopGradient(reward.mul(rewardScale).add(ongoing.mul(worth).mul(discount)));
      const chosen = tf.oneHot(action.reshape([tasks, items]).cast('int32'), values.actions);
      const q = tf.sum(values.apply(online.values as Parameters, observation, z).mul(chosen), -1);
      return { critic: taskMean(tf.square(q.sub(y)), weight), actor: tf.scalar(0) };
    },
    act: (online, observation, z) =>
      values.apply(online.values as Parameters, observation.expandDims(1), z.expandDims(1)).squeeze([1]),
  };
}
