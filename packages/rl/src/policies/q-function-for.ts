import { type ControlSpec, TasklearnError } from '@tasklearn/core';
import { type ActivationName, mlp } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import type { ContinuousQFunction, DiscreteQFunction } from './policy.js';
import { actionSizeOf, discreteActionsOf, observationSizeOf } from './policy-for.js';
import { withContext } from './with-context.js';

/** What an action value function is made of. */
export interface QFunctionOptions {
  /** Units of each hidden layer. Default `[64, 64]`. */
  readonly hidden?: readonly number[];
  /** Default `relu`. */
  readonly activation?: ActivationName;
  /** Z: numbers of the context z beside the observation. Default 0: none. */
  readonly contextSize?: number;
  /**
   * Discrete actions only: Q = V + A − mean A from a value and an advantage of one body, each linear in its last layer.
   * Default false. Wang et al. Dueling Network Architectures. ICML 2016. arXiv:1511.06581.
   */
  readonly dueling?: boolean;
}

/**
 * A perceptron Q(s, ·) over discrete actions.
 *
 * @throws `UNSUPPORTED_TASK` where actions are continuous.
 */
export function discreteQFunctionFor(spec: ControlSpec, options: QFunctionOptions = {}): DiscreteQFunction {
  const { hidden = [64, 64], activation = 'relu', contextSize = 0, dueling = false } = options;
  const actions = discreteActionsOf(spec);
  if (actions === undefined) {
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      'discreteQFunctionFor: actions are continuous. Use `continuousQFunctionFor`.',
      { action: spec.action },
    );
  }
  const inputShape = [observationSizeOf(spec) + contextSize];
  const network = mlp({ inputShape, hidden, outputSize: actions + (dueling ? 1 : 0), activation });
  return {
    actions,
    init: (rng) => network.init(rng),
    apply(parameters, observations, context) {
      const inputs = withContext('discreteQFunctionFor', observations, context, contextSize);
      const outputs = network.apply(parameters, inputs); // [T, B, A] or [T, B, A + 1]
      if (!dueling) return outputs;
      const [advantage, value] = tf.split(outputs, [actions, 1], -1) as [tf.Tensor, tf.Tensor];
      return value.add(advantage).sub(tf.mean(advantage, -1, true));
    },
  };
}

/** A perceptron Q(s, a) over continuous actions, the action beside the observation. */
export function continuousQFunctionFor(
  spec: ControlSpec,
  options: Omit<QFunctionOptions, 'dueling'> = {},
): ContinuousQFunction {
  const { hidden = [64, 64], activation = 'relu', contextSize = 0 } = options;
  const inputShape = [observationSizeOf(spec) + contextSize + actionSizeOf(spec)];
  const network = mlp({ inputShape, hidden, outputSize: 1, activation });
  return {
    init: (rng) => network.init(rng),
    apply(parameters, observations, actions, context) {
      const inputs = withContext('continuousQFunctionFor', observations, context, contextSize);
      const all = tf.concat([inputs, actions], 2); // [T, B, O + Z + A]
      return network.apply(parameters, all).reshape(inputs.shape.slice(0, 2));
    },
  };
}
