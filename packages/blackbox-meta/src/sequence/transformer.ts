import { requireInteger, type Tree } from '@tasklearn/core';
import { type DenseParameters, dense, type LayerNormParameters, layerNorm, relu } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Memory, SequenceCore } from '../engine/sequence-core.js';
import { denseParameters } from './dense-parameters.js';

/** What a {@link transformerCore} is made of. */
export interface TransformerOptions {
  /** Numbers per item between layers; a multiple of `heads`. */
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

type Norm = Required<LayerNormParameters>;
type Layer = {
  readonly attentionNorm: Norm;
  readonly query: Required<DenseParameters>;
  readonly key: Required<DenseParameters>;
  readonly value: Required<DenseParameters>;
  readonly out: Required<DenseParameters>;
  readonly mlpNorm: Norm;
  readonly up: Required<DenseParameters>;
  readonly down: Required<DenseParameters>;
};

const HIDDEN = -1e9;
const layerName = (index: number) => `layer ${index + 1}`;

/**
 * An in-context Transformer without positions: support items attend to each other, a query to the support and to itself.
 * Predictions do not depend on the order of the support.
 *
 * Layer normalisation stands before attention and before the two-layer perceptron (4 x width), as is usual now.
 *
 * @throws `INVALID_OPTION` for a size out of range or a width that the heads do not divide.
 * @see Vaswani et al. Attention Is All You Need. NeurIPS 2017; Garg, Tsipras, Liang, Valiant. What Can Transformers Learn
 * In-Context? NeurIPS 2022. arXiv:2208.01066.
 */
export function transformerCore(owner: string, options: TransformerOptions): SequenceCore {
  const { width, heads, layers } = options;
  for (const key of ['width', 'heads', 'layers'] as const) requireInteger(owner, options, key, 1);
  requireInteger(owner, { widthOverHeads: width / heads }, 'widthOverHeads', 1);
  const scale = 1 / Math.sqrt(width / heads);
  const norm = () => ({ gain: tf.ones([width]), bias: tf.zeros([width]) });
  const layerOf = (parameters: Tree<Tensor>, index: number) =>
    (parameters as unknown as { [name: string]: Layer })[layerName(index)] as Layer;

  /** [T, S, W] → [T, heads, S, W / heads]. */
  const split = (x: Tensor) => {
    const [tasks, length] = x.shape as [number, number];
    return tf.transpose(x.reshape([tasks, length, heads, width / heads]), [0, 2, 1, 3]);
  };
  const join = (x: Tensor) => {
    const [tasks, , length] = x.shape as [number, number, number];
    return tf.transpose(x, [0, 2, 1, 3]).reshape([tasks, length, width]);
  };
  const perceptron = (layer: Layer, x: Tensor) =>
    x.add(dense(relu(dense(layerNorm(x, layer.mlpNorm), layer.up)), layer.down));
  const hiddenBy = (mask: Tensor | undefined) =>
    mask === undefined ? undefined : tf.sub(1, mask).mul(HIDDEN).expandDims(1).expandDims(1); // [T, 1, 1, S]

  return {
    name: owner,
    outputSize: () => width,
    init: ({ itemSize }, rng) => {
      const parameters: Record<string, Tree<Tensor>> = {
        embedding: denseParameters(itemSize, width, rng.split('embedding')),
      };
      for (let index = 0; index < layers; index += 1) {
        const own = rng.split(index);
        const square = (name: string) => denseParameters(width, width, own.split(name));
        parameters[layerName(index)] = {
          attentionNorm: norm(),
          query: square('query'),
          key: square('key'),
          value: square('value'),
          out: square('out'),
          mlpNorm: norm(),
          up: denseParameters(width, 4 * width, own.split('up')),
          down: denseParameters(4 * width, width, own.split('down')),
        };
      }
      return parameters;
    },
    observe(parameters, items, mask) {
      const memory: Record<string, Memory> = {};
      const hidden = hiddenBy(mask);
      let x = dense(items, (parameters as unknown as { embedding: Required<DenseParameters> }).embedding);
      for (let index = 0; index < layers; index += 1) {
        const layer = layerOf(parameters, index);
        const normed = layerNorm(x, layer.attentionNorm);
        const [keys, values] = [split(dense(normed, layer.key)), split(dense(normed, layer.value))];
        memory[layerName(index)] = { keys, values, ...(mask === undefined ? {} : { mask }) };
        const logits = tf.matMul(split(dense(normed, layer.query)), keys, false, true).mul(scale);
        const weights = tf.softmax(hidden === undefined ? logits : logits.add(hidden)); // [T, H, S, S]
        x = perceptron(layer, x.add(dense(join(tf.matMul(weights, values)), layer.out)));
      }
      return memory;
    },
    answer(parameters, memory, queries) {
      let x = dense(queries, (parameters as unknown as { embedding: Required<DenseParameters> }).embedding);
      for (let index = 0; index < layers; index += 1) {
        const layer = layerOf(parameters, index);
        const { keys, values, mask } = memory[layerName(index)] as {
          keys: Tensor;
          values: Tensor;
          mask?: Tensor;
        };
        const normed = layerNorm(x, layer.attentionNorm);
        const query = split(dense(normed, layer.query)); // [T, H, Q, ·]
        const [key, value] = [split(dense(normed, layer.key)), split(dense(normed, layer.value))];
        const hidden = hiddenBy(mask);
        const logits = tf.matMul(query, keys, false, true).mul(scale); // [T, H, Q, S]
        const seen = hidden === undefined ? logits : logits.add(hidden);
        const itself = tf.sum(query.mul(key), 3, true).mul(scale);
        const weights = tf.softmax(tf.concat([seen, itself], 3));
        const [tasks, , items, length] = seen.shape as [number, number, number, number];
        const past = tf.matMul(tf.slice(weights, [0, 0, 0, 0], [tasks, heads, items, length]), values);
        const present = tf.slice(weights, [0, 0, 0, length], [tasks, heads, items, 1]).mul(value);
        x = perceptron(layer, x.add(dense(join(past.add(present)), layer.out)));
      }
      return x;
    },
  };
}
