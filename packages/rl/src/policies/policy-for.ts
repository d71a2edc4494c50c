import { type ControlSpec, requireOneOf } from '@tasklearn/core';
import { type ActivationName, mlp, type Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionHead } from './action-distribution.js';
import { actionLimits } from './action-limits.js';
import { categoricalHead } from './categorical-actions.js';
import { deterministicHead } from './deterministic-actions.js';
import { gaussianHead } from './gaussian-actions.js';
import { orthogonal } from './orthogonal.js';
import type { Policy } from './policy.js';
import { tanhGaussianHead } from './tanh-gaussian-actions.js';
import { withContext } from './with-context.js';

/** Families for continuous actions. */
export type ContinuousFamily = 'gaussian' | 'tanhGaussian' | 'deterministic';

/** What a policy is made of, besides the specification of its environment. */
export interface PolicyOptions {
  /** Units of each hidden layer. Default `[64, 64]`. */
  readonly hidden?: readonly number[];
  /** Default `tanh`. */
  readonly activation?: ActivationName;
  /** For continuous actions. Default `gaussian`. */
  readonly family?: ContinuousFamily;
  /**
   * Whether σ is one parameter per action number (`parameter`, the default) or an output of the network (`network`), kept
   * in [e⁻⁵, e²].
   */
  readonly deviation?: 'parameter' | 'network';
  /** log σ at the start, in units of the environment for `gaussian`. Default 0. */
  readonly initialLogDeviation?: number;
  /** σ of the exploration noise of `deterministic`, in units of the reach. Default 0. */
  readonly noise?: number;
  /** Z: numbers of the context z beside the observation. Default 0: none. */
  readonly contextSize?: number;
  /** Factor of the first weights of the last layer; small ones begin with equal probabilities. Default 0.01. */
  readonly headScale?: number;
}

/** Number of observations O of a specification. */
export function observationSizeOf(spec: ControlSpec): number {
  return spec.observation.shape.reduce((product, length) => product * length, 1);
}

/** Number of discrete actions, or `undefined` where actions are continuous. */
export function discreteActionsOf(spec: ControlSpec): number | undefined {
  return spec.action.dtype === 'int32' ? (spec.action.maximum ?? 0) + 1 : undefined;
}

/** A of continuous actions; 1 where they are indices. */
export function actionSizeOf(spec: ControlSpec): number {
  return spec.action.dtype === 'int32' ? 1 : (spec.action.shape[0] ?? 1);
}

/** The family of action distributions for an environment: categorical for discrete actions, else the one named. */
export function actionHeadFor(
  spec: ControlSpec,
  options: Pick<PolicyOptions, 'family' | 'noise'> = {},
): ActionHead {
  const actions = discreteActionsOf(spec);
  if (actions !== undefined) return categoricalHead(actions);
  const { family = 'gaussian', noise = 0 } = options;
  requireOneOf('policyFor', { family }, 'family', ['gaussian', 'tanhGaussian', 'deterministic']);
  const size = actionSizeOf(spec);
  if (family === 'gaussian') return gaussianHead(size);
  const limits = actionLimits(spec.action);
  return family === 'tanhGaussian' ? tanhGaussianHead(size, limits) : deterministicHead(size, limits, noise);
}

/** Whether the head's σ is a parameter rather than an output. */
function hasFreeDeviation(head: ActionHead, options: PolicyOptions): boolean {
  const gaussian = head.family === 'gaussian' || head.family === 'tanhGaussian';
  return gaussian && (options.deviation ?? 'parameter') === 'parameter';
}

/** Outputs that the network must have to define an action distribution. */
export function outputSizeOfHead(head: ActionHead, options: PolicyOptions = {}): number {
  return hasFreeDeviation(head, options) ? head.actionSize : head.size;
}

/** First values of σ's own parameters; none where σ is an output. */
export function deviationParameters(head: ActionHead, options: PolicyOptions = {}): Parameters {
  if (!hasFreeDeviation(head, options)) return {};
  return { logDeviation: { value: tf.fill([head.actionSize], options.initialLogDeviation ?? 0) } };
}

/** The head's numbers [T, B, K] from the network's outputs [T, B, ...] and σ's own parameters. */
export function headNumbers(
  head: ActionHead,
  parameters: Parameters,
  outputs: Tensor,
  options: PolicyOptions = {},
): Tensor {
  if (head.family === 'categorical' || head.family === 'deterministic') return outputs;
  if (!hasFreeDeviation(head, options)) {
    const [mean, raw] = tf.split(outputs, 2, -1) as [Tensor, Tensor];
    const bounded = tf
      .tanh(raw)
      .mul(3.5)
      .sub(1.5)
      .add(options.initialLogDeviation ?? 0); // in [−5, 2]
    return tf.concat([mean, bounded], -1);
  }
  const value = parameters.logDeviation?.value as Tensor; // [A] or [T, A]
  const [tasks, items] = outputs.shape as [number, number];
  const own = value.reshape([value.rank === 2 ? tasks : 1, 1, head.actionSize]);
  return tf.concat([outputs, tf.zerosLike(outputs).add(own).reshape([tasks, items, head.actionSize])], -1);
}

/**
 * A perceptron policy for an environment.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { createRng } from '@tasklearn/core';
 * import { policyFor } from '@tasklearn/rl';
 *
 * const spec = {
 *   observation: { shape: [4], dtype: 'float32' },
 *   action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 },
 *   horizon: 500,
 *   hasSuccess: false,
 * };
 * const policy = policyFor(spec, { hidden: [8] });
 * policy.apply(policy.init(createRng(0)), tf.zeros([1, 3, 4])).sample(createRng(1)).shape; // => [1, 3]
 * ```
 */
export function policyFor(spec: ControlSpec, options: PolicyOptions = {}): Policy {
  const { hidden = [64, 64], activation = 'tanh', contextSize = 0, headScale = 0.01 } = options;
  const head = actionHeadFor(spec, options);
  const network = mlp({
    inputShape: [observationSizeOf(spec) + contextSize],
    hidden,
    outputSize: outputSizeOfHead(head, options),
    activation,
    initializer: orthogonal(Math.SQRT2),
  });
  return {
    head,
    init: (rng) => ({
      ...scaledHead(network.init(rng), headScale / Math.SQRT2),
      ...deviationParameters(head, options),
    }),
    apply(parameters, observations, context) {
      const inputs = withContext('policyFor', observations, context, contextSize);
      return head.distribution(headNumbers(head, parameters, network.apply(parameters, inputs), options));
    },
  };
}

/** A perceptron's parameters with the weights of the last layer multiplied by a factor. */
export function scaledHead(parameters: Parameters, factor: number): Parameters {
  const { weight, ...rest } = parameters.head as { readonly weight: Tensor };
  const scaled = weight.mul(factor);
  weight.dispose();
  return { ...parameters, head: { ...rest, weight: scaled } };
}
