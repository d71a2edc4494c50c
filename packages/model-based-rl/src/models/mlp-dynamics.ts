import { type Rng, requireInteger, requireIntegers, requireOneOf, zipTrees } from '@tasklearn/core';
import { type ActivationName, mlp, type Parameters, softplus } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsModel, DynamicsSizes, Prediction } from './dynamics-model.js';

/** What a network model of dynamics is made of; JSON. */
export interface MlpDynamicsOptions {
  /** `deterministic` predicts Δ; `gaussian` its mean and variance. */
  readonly head: 'deterministic' | 'gaussian';
  /** Members of the ensemble, M ≥ 1, each from its own initialisation. */
  readonly members: number;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** Between layers. */
  readonly activation: ActivationName;
}

/** Where log σ² may lie at first; the limits are learnt. As released by the authors, in normalised units. */
const FIRST_MAXIMUM = 0.5;
const FIRST_MINIMUM = -10;
/** Weight of the distance between the limits in the loss. */
const LIMITS_WEIGHT = 0.01;

function stack(trees: readonly Parameters[]): Parameters {
  return zipTrees((...leaves: Tensor[]) => tf.stack(leaves), ...(trees as [Parameters, ...Parameters[]]));
}

/** log σ² bent smoothly into its limits, [G, R, O]. */
function bounded(raw: Tensor, { maximum, minimum }: { readonly [name: string]: Tensor }): Tensor {
  const upper = tf.expandDims(maximum as Tensor, 1); // [G, 1, O]
  const lower = tf.expandDims(minimum as Tensor, 1);
  const below = tf.sub(upper, softplus(tf.sub(upper, raw)));
  return tf.add(lower, softplus(tf.sub(below, lower)));
}

/**
 * An ensemble of perceptrons that predict the normalised change of the observation.
 *
 * The Gaussian head's log σ² lies between two learnt limits, by log σ² ← max − softplus(max − log σ²) and the same from
 * below, so that it can neither explode outside the data nor collapse on it.
 *
 * @throws `INVALID_OPTION` for a size or a name out of range.
 * @see Chua, Calandra, McAllister, Levine. Deep Reinforcement Learning in a Handful of Trials using Probabilistic
 * Dynamics Models. NeurIPS 2018, appendix A.1. arXiv:1805.12114.
 */
export function mlpDynamics(sizes: DynamicsSizes, options: MlpDynamicsOptions): DynamicsModel {
  requireOneOf('mlpDynamics', options, 'head', ['deterministic', 'gaussian']);
  const members = requireInteger('mlpDynamics', options, 'members');
  const hidden = requireIntegers('mlpDynamics', options, 'hidden');
  const gaussian = options.head === 'gaussian';
  const { observation, action } = sizes;
  const network = mlp({
    inputShape: [observation + action],
    hidden,
    outputSize: gaussian ? 2 * observation : observation,
    activation: options.activation,
  });
  const bounds = () => ({
    maximum: tf.fill([members, observation], FIRST_MAXIMUM),
    minimum: tf.fill([members, observation], FIRST_MINIMUM),
  });
  const model: DynamicsModel = {
    members,
    probabilistic: gaussian,
    init(rng: Rng) {
      return tf.tidy(() => {
        const layers = stack(Array.from({ length: members }, (_, index) => network.init(rng.split(index))));
        return gaussian ? { ...layers, bounds: bounds() } : layers;
      }) as Parameters;
    },
    predict(parameters, inputs): Prediction {
      const output = network.apply(parameters, inputs); // [G, R, O or 2 O]
      if (!gaussian) return { mean: output };
      const [mean, raw] = tf.split(output, 2, -1) as [Tensor, Tensor];
      return { mean, logVariance: bounded(raw, parameters.bounds as Parameters[string]) };
    },
  };
  if (!gaussian) return model;
  return {
    ...model,
    penalty({ bounds: limits }) {
      const { maximum, minimum } = limits as { readonly [name: string]: Tensor };
      return tf.mul(tf.mean(tf.sub(maximum as Tensor, minimum as Tensor)), LIMITS_WEIGHT) as Scalar;
    },
  };
}
