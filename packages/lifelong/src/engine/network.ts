import { disposeTree, type Rng, type StreamSpec } from '@tasklearn/core';
import {
  activationOf,
  dense,
  glorotUniform,
  isConvolutional,
  type NetworkOptions,
  networkFor,
  outputSizeOf,
  type Parameters,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** Parameters of a body and a head. */
export type NetworkParameters = { readonly body: Parameters; readonly head: HeadParameters };

/** A linear map: weight [F, N], bias [N]; either may carry the task axis. */
export type HeadParameters = { readonly weight: Tensor; readonly bias: Tensor };

/** A network in two parts, so that methods may use, freeze or re-draw either. */
export interface StreamNetwork {
  /** Shared parameters, without the task axis. The caller disposes. */
  init(rng: Rng): NetworkParameters;
  /** First weights of the head alone. */
  initHead(rng: Rng): HeadParameters;
  /** φ(x), [T, B, F], of inputs [T, B, ...]; leaves may carry the task axis. */
  features(body: Parameters, inputs: Tensor): Tensor;
  /** Outputs [T, B, N] of features [T, B, F]. */
  outputs(head: HeadParameters, features: Tensor): Tensor;
}

/** A perceptron's last hidden layer belongs to the body. */
function bodyOf(options: NetworkOptions, inputShape: readonly number[]) {
  if (isConvolutional(options, inputShape)) {
    const model = networkFor(options, { inputShape });
    return { init: model.init, apply: model.apply };
  }
  const { hidden, activation } = options;
  const last = hidden[hidden.length - 1];
  if (last === undefined) return { init: (): Parameters => ({}), apply: flattened };
  const model = networkFor({ ...options, hidden: hidden.slice(0, -1) }, { inputShape, outputSize: last });
  const activate = activationOf(activation);
  return {
    init: model.init,
    apply: (parameters: Parameters, inputs: Tensor) => activate(model.apply(parameters, inputs)),
  };
}

function flattened(_parameters: Parameters, inputs: Tensor): Tensor {
  const [tasks, items] = inputs.shape as [number, number];
  return inputs.reshape([tasks, items, -1]);
}

/**
 * The network of a learner for the inputs and targets of a stream.
 *
 * @throws `INVALID_OPTION` for options that make no network.
 */
export function streamNetwork(options: NetworkOptions, spec: StreamSpec): StreamNetwork {
  const inputShape = spec.input.shape;
  const body = bodyOf(options, inputShape);
  const outputSize = outputSizeOf(spec);
  const featureSize = (parameters: Parameters): number => {
    let size = 0;
    tf.tidy(() => {
      size = body.apply(parameters, tf.zeros([1, 1, ...inputShape])).shape[2] as number;
    });
    return size;
  };
  const headFor = (size: number, rng: Rng): HeadParameters => ({
    weight: glorotUniform()([size, outputSize], { fanIn: size, fanOut: outputSize }, rng),
    bias: tf.zeros([outputSize]),
  });
  let known: number | undefined;
  return {
    init(rng) {
      const parameters = body.init(rng.split('body'));
      known = featureSize(parameters);
      return { body: parameters, head: headFor(known, rng.split('head')) };
    },
    initHead(rng) {
      if (known === undefined) {
        const parameters = body.init(rng.split('size'));
        known = featureSize(parameters);
        disposeTree(parameters);
      }
      return headFor(known, rng);
    },
    features: (parameters, inputs) => body.apply(parameters, inputs),
    outputs: (head, features) => dense(features, head),
  };
}
