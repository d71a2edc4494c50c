import { TasklearnError } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { createInitializer, type InitializerSpec } from '../initializers/create-initializer.js';
import type { Initializer } from '../initializers/initializer.js';
import { type ActivationName, activationOf } from '../layers/activations.js';
import { type DenseParameters, dense } from '../layers/dense.js';
import { denseLayerOf, denseLayerParameters } from './dense-layer-parameters.js';
import type { Model } from './model.js';

/** What a multi-layer perceptron is made of. */
export interface MlpOptions {
  /** Shape of one input, without T and B; flattened first. */
  readonly inputShape: readonly number[];
  /** Units of each hidden layer; `[]` makes a linear model. */
  readonly hidden: readonly number[];
  /** Numbers per output. */
  readonly outputSize: number;
  /** After every hidden layer. Default `relu`. */
  readonly activation?: ActivationName;
  /** Of the weights; biases start at zero. Default `{ name: 'glorotUniform' }`. */
  readonly initializer?: Initializer | InitializerSpec;
}

function requireSizes(options: MlpOptions): void {
  const sizes = [...options.inputShape, ...options.hidden, options.outputSize];
  const bad = sizes.find((size) => !Number.isInteger(size) || size < 1);
  if (bad === undefined) return;
  throw new TasklearnError('INVALID_OPTION', `mlp: every size must be an integer >= 1, got ${bad}.`, {
    value: bad,
  });
}

function asItems(inputs: Tensor, inputShape: readonly number[], size: number): Tensor {
  const item = inputs.shape.slice(2).join();
  if (item !== inputShape.join()) {
    throw new TasklearnError(
      'SHAPE_MISMATCH',
      `mlp: expected inputs [T, B, ${inputShape}], got [${inputs.shape}].`,
      { expected: inputShape, actual: inputs.shape },
    );
  }
  if (inputShape.length === 1) return inputs;
  return inputs.reshape([inputs.shape[0] as number, inputs.shape[1] as number, size]);
}

function isPerTask({ weight, bias }: DenseParameters): boolean {
  return weight.rank === 3 || bias?.rank === 2;
}

/** Dense layers with the activation between them. */
function stack(x: Tensor, layers: readonly DenseParameters[], activation: (x: Tensor) => Tensor): Tensor {
  let h = x; // [..., in]
  layers.forEach((layer, index) => {
    h = dense(index === 0 ? h : activation(h), layer); // [..., units]
  });
  return h;
}

/**
 * A multi-layer perceptron: dense layers `layer1`, `layer2`, ... with an activation, then a linear `head`.
 *
 * The network of MAML's sinusoid regression is `hidden: [40, 40]` with weights from
 * `{ name: 'truncatedNormal', standardDeviation: 0.01 }`.
 *
 * @throws `INVALID_OPTION` for a size that is no integer >= 1 or an unknown name.
 *
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { createRng } from '@tasklearn/core';
 * import { mlp } from '@tasklearn/nn';
 *
 * const model = mlp({ inputShape: [2], hidden: [8], outputSize: 3, activation: 'tanh' });
 * model.apply(model.init(createRng(0)), tf.zeros([4, 5, 2])).shape; // => [4, 5, 3]
 * ```
 *
 * @see Finn, Abbeel, Levine. Model-Agnostic Meta-Learning. ICML 2017, section 5.1. arXiv:1703.03400.
 */
export function mlp(options: MlpOptions): Model {
  requireSizes(options);
  const { inputShape, hidden, outputSize } = options;
  const activation = activationOf(options.activation ?? 'relu');
  const given = options.initializer ?? { name: 'glorotUniform' };
  const initializer = typeof given === 'function' ? given : createInitializer(given);
  const inputSize = inputShape.reduce((product, length) => product * length, 1);
  const sizes = [inputSize, ...hidden, outputSize];
  const names = [...hidden.map((_units, index) => `layer${index + 1}`), 'head'];

  return {
    init(rng) {
      const entries = names.map((name, index) => {
        const [inputs, outputs] = sizes.slice(index, index + 2) as [number, number];
        return [name, denseLayerParameters(inputs, outputs, initializer, rng.split(name))] as const;
      });
      return Object.fromEntries(entries);
    },
    apply(parameters, inputs) {
      const x = asItems(inputs, inputShape, inputSize); // [T, B, in]
      const layers = names.map((name) => denseLayerOf('mlp', parameters, name));
      if (layers.some(isPerTask)) return stack(x, layers, activation); // [T, B, out]
      // Shared by all tasks: one batch of T·B, reshaped once and not at every layer.
      const [tasks, items] = x.shape as [number, number];
      const flat = stack(x.reshape([tasks * items, inputSize]), layers, activation);
      return flat.reshape([tasks, items, outputSize]);
    },
  };
}
