import type { Rng, Tree } from '@tasklearn/core';
import { type DenseParameters, dense, relu } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { denseParameters } from '../sequence/dense-parameters.js';

/**
 * How a task's code r reaches the network that predicts.
 *
 * | conditioning | |
 * |---|---|
 * | `concat` | the input becomes [x; r] |
 * | `add` | the first layer becomes Wx + Vr + b, the same functions as `concat` |
 * | `film` | scales and shifts of hidden layers: (1 + γ(r)) ∘ a + β(r) |
 * | `gate` | factors of hidden layers: a ∘ σ(Vr) |
 * | `lastLayer` | r gives the weights of the last layer |
 * | `allWeights` | r gives all weights: a hypernetwork |
 */
export type Conditioning = 'concat' | 'add' | 'film' | 'gate' | 'lastLayer' | 'allWeights';

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

type Layer = Required<DenseParameters>;
type Layers = { readonly [name: string]: Layer };

const layerName = (index: number) => `layer ${index + 1}`;
const codeName = (index: number) => `code ${index + 1}`;

/** One layer's weights from a code: [T, in, out] scaled by 1/√in, and [T, out]. */
function emitted(code: Tensor, layer: Layer, inputs: number, outputs: number): DenseParameters {
  const tasks = code.shape[0] as number;
  const all = dense(code, layer); // [T, in · out + out]
  const weight = tf.slice(all, [0, 0], [tasks, inputs * outputs]).reshape([tasks, inputs, outputs]);
  return {
    weight: weight.div(Math.sqrt(inputs)),
    bias: tf.slice(all, [0, inputs * outputs], [tasks, outputs]),
  };
}

/** How many numbers a code gives for a hidden layer of a width; 0 where it does not reach it. */
function codeOutputs(kind: Conditioning, index: number, width: number, isHidden: boolean): number {
  if (kind === 'add') return index === 0 ? width : 0;
  if (!isHidden) return 0;
  return kind === 'film' ? 2 * width : kind === 'gate' ? width : 0;
}

/** What a code does to a layer's sums before the rectifier, [T, Q, H]. */
function conditioned(kind: Conditioning, h: Tensor, code: Tensor, layer: Layer | undefined): Tensor {
  if (layer === undefined) return h;
  const told = dense(code, layer).expandDims(1); // [T, 1, H], or twice as many
  if (kind === 'add') return h.add(told);
  // A factor in (0, 1) may stand before the rectifier as well as after it.
  if (kind === 'gate') return h.mul(tf.sigmoid(told));
  const [scale, shift] = tf.split(told, 2, 2) as [Tensor, Tensor];
  return h.mul(scale.add(1)).add(shift);
}

/** ReLU layers with the code in them as the conditioning says. */
export function conditionedPredictor(kind: Conditioning, hidden: readonly number[]): Predictor {
  const emits = (index: number) => kind === 'allWeights' || (kind === 'lastLayer' && index === hidden.length);
  const widths = ({ inputs, code, outputs }: PredictorSizes) => [
    inputs + (kind === 'concat' ? code : 0),
    ...hidden,
    outputs,
  ];
  return {
    init(sizes, rng) {
      const all = widths(sizes);
      const layers: Record<string, Layer> = {};
      for (let index = 0; index <= hidden.length; index += 1) {
        const [from, to] = [all[index] as number, all[index + 1] as number];
        const own = rng.split(index);
        layers[layerName(index)] = emits(index)
          ? denseParameters(sizes.code, from * to + to, own)
          : denseParameters(from, to, own);
        const told = codeOutputs(kind, index, to, index < hidden.length);
        if (told > 0) layers[codeName(index)] = denseParameters(sizes.code, told, own.split('code'));
      }
      return layers;
    },
    apply(parameters, x, code, sizes) {
      const layers = parameters as unknown as Layers;
      const all = widths(sizes);
      const spread = () => tf.tile(code.expandDims(1), [1, x.shape[1] as number, 1]);
      let h = kind === 'concat' ? tf.concat([x, spread()], 2) : x;
      for (let index = 0; index <= hidden.length; index += 1) {
        const [from, to] = [all[index] as number, all[index + 1] as number];
        const layer = layers[layerName(index)] as Layer;
        h = dense(h, emits(index) ? emitted(code, layer, from, to) : layer);
        h = conditioned(kind, h, code, layers[codeName(index)]);
        if (index < hidden.length) h = relu(h);
      }
      return h;
    },
  };
}
