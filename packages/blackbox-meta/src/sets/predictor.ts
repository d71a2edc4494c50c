import type { Rng, Tree } from '@tasklearn/core';
import { type DenseParameters, dense, relu } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { denseParameters } from '../sequence/dense-parameters.js';

/**
 * How a task's code reaches the network that predicts: joined to the input, as scales and shifts of its hidden layers
 * (FiLM), as the weights of its last layer, or as all its weights (a hypernetwork).
 */
export type Conditioning = 'concat' | 'film' | 'lastLayer' | 'allWeights';

/** Sizes of a {@link conditionedPredictor}. */
export interface PredictorSizes {
  /** D, numbers in an input. */
  readonly inputs: number;
  /** R, numbers in a task's code. */
  readonly code: number;
  readonly outputs: number;
}

/** A network g(x; r) with a code r per task. */
export interface Predictor {
  /** Parameters, shared by all tasks. The caller disposes. */
  init(sizes: PredictorSizes, rng: Rng): Tree<Tensor>;
  /** x [T, Q, D] and r [T, R] → [T, Q, out]. */
  apply(parameters: Tree<Tensor>, x: Tensor, code: Tensor, sizes: PredictorSizes): Tensor;
}

type Layers = { readonly [name: string]: Required<DenseParameters> };

const layerName = (index: number) => `layer ${index + 1}`;

/** Sizes of the layers from the input to the output. */
const widths = (inputs: number, hidden: readonly number[], outputs: number) => [inputs, ...hidden, outputs];

/** One layer's weights from a code: [T, in, out] scaled by 1/√in, and [T, out]. */
function emitted(
  code: Tensor,
  layer: Required<DenseParameters>,
  inputs: number,
  outputs: number,
): DenseParameters {
  const tasks = code.shape[0] as number;
  const all = dense(code, layer); // [T, in · out + out]
  const weight = tf.slice(all, [0, 0], [tasks, inputs * outputs]).reshape([tasks, inputs, outputs]);
  return {
    weight: weight.div(Math.sqrt(inputs)),
    bias: tf.slice(all, [0, inputs * outputs], [tasks, outputs]),
  };
}

/** ReLU layers with the code in them as the conditioning says. */
export function conditionedPredictor(kind: Conditioning, hidden: readonly number[]): Predictor {
  const emits = (index: number) => kind === 'allWeights' || (kind === 'lastLayer' && index === hidden.length);
  return {
    init({ inputs, code, outputs }, rng) {
      const sizes = widths(inputs + (kind === 'concat' ? code : 0), hidden, outputs);
      const layers: Record<string, Required<DenseParameters>> = {};
      for (let index = 0; index + 1 < sizes.length; index += 1) {
        const [from, to] = [sizes[index] as number, sizes[index + 1] as number];
        const own = rng.split(index);
        layers[layerName(index)] = emits(index)
          ? denseParameters(code, from * to + to, own)
          : denseParameters(from, to, own);
        if (kind === 'film' && index < hidden.length)
          layers[`film ${index + 1}`] = denseParameters(code, 2 * to, own.split('film'));
      }
      return layers;
    },
    apply(parameters, x, code, { inputs, code: codeSize, outputs }) {
      const layers = parameters as unknown as Layers;
      const sizes = widths(inputs + (kind === 'concat' ? codeSize : 0), hidden, outputs);
      const spread = () => tf.tile(code.expandDims(1), [1, x.shape[1] as number, 1]);
      let h = kind === 'concat' ? tf.concat([x, spread()], 2) : x;
      for (let index = 0; index + 1 < sizes.length; index += 1) {
        const [from, to] = [sizes[index] as number, sizes[index + 1] as number];
        const layer = layers[layerName(index)] as Required<DenseParameters>;
        h = dense(h, emits(index) ? emitted(code, layer, from, to) : layer);
        if (index === hidden.length) break;
        if (kind === 'film') {
          const both = dense(code, layers[`film ${index + 1}`] as Required<DenseParameters>).expandDims(1); // [T, 1, 2H]
          const [scale, shift] = tf.split(both, 2, 2) as [Tensor, Tensor];
          h = h.mul(scale.add(1)).add(shift);
        }
        h = relu(h);
      }
      return h;
    },
  };
}
