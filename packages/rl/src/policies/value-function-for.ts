import type { ControlSpec } from '@tasklearn/core';
import { type ActivationName, mlp } from '@tasklearn/nn';
import { orthogonal } from './orthogonal.js';
import type { ValueFunction } from './policy.js';
import { observationSizeOf, scaledHead } from './policy-for.js';
import { withContext } from './with-context.js';

/** What a value function is made of. */
export interface ValueFunctionOptions {
  /** Units of each hidden layer. Default `[64, 64]`. */
  readonly hidden?: readonly number[];
  /** Default `tanh`. */
  readonly activation?: ActivationName;
  /** Z: numbers of the context z beside the observation. Default 0: none. */
  readonly contextSize?: number;
}

/** A perceptron V(s, z) for an environment. */
export function valueFunctionFor(spec: ControlSpec, options: ValueFunctionOptions = {}): ValueFunction {
  const { hidden = [64, 64], activation = 'tanh', contextSize = 0 } = options;
  const network = mlp({
    inputShape: [observationSizeOf(spec) + contextSize],
    hidden,
    outputSize: 1,
    activation,
    initializer: orthogonal(Math.SQRT2),
  });
  return {
    init: (rng) => scaledHead(network.init(rng), Math.SQRT1_2),
    apply(parameters, observations, context) {
      const inputs = withContext('valueFunctionFor', observations, context, contextSize);
      return network.apply(parameters, inputs).reshape(inputs.shape.slice(0, 2)); // [T, B]
    },
  };
}
