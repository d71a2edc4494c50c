import type {
  EpisodeSpec,
  EpisodicLearner,
  GradientTransformation,
  LabelledSet,
  Rng,
  Tree,
} from '@tasklearn/core';
import {
  type DenseParameters,
  dense,
  lossOf,
  type Model,
  outputSizeOf,
  type Parameters,
  predictiveOf,
  relu,
} from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { embedded, embeddingWidth, labelSize, shapedOutputs, withLabels } from '../engine/items.js';
import { denseParameters } from '../sequence/dense-parameters.js';
import { type Aggregator, aggregate } from './aggregate.js';
import { type Conditioning, conditionedPredictor, type PredictorSizes } from './predictor.js';

/** How items and queries are brought together. */
export type SetReadout = Aggregator | 'crossAttention';

/** What a learner that encodes its support set is made of. */
export interface SetLearnerParts {
  /** From inputs to vectors; `undefined` takes inputs as they are, flat. */
  readonly embedding: (spec: EpisodeSpec) => Model | undefined;
  readonly aggregator: SetReadout;
  readonly conditioning: Conditioning;
  /** Hidden layers of the item encoder h; its last is the code. */
  readonly encoder: readonly number[];
  /** Hidden layers of the predictor g. */
  readonly predictor: readonly number[];
  readonly optimizer: GradientTransformation;
}

type Layer = Required<DenseParameters>;
type Theta = {
  readonly embedding: Parameters;
  readonly encoder: { readonly [layer: string]: Layer };
  readonly predictor: Tree<Tensor>;
  /** r_0: what a code begins from, [R]. */
  readonly empty: Tensor;
  readonly keys?: Layer;
};

/** φ: one code per task, or codes and keys of all items for queries to look at. */
type Phi =
  | { readonly code: Tensor }
  | { readonly codes: Tensor; readonly keys: Tensor; readonly mask?: Tensor };

const HIDDEN = -1e9;

/**
 * A conditional neural process: items are encoded one by one, r = ⊕_k h_θ(x_k, y_k), and a network g_θ(x, r) predicts.
 * Predictions do not depend on the order of the support.
 *
 * With `crossAttention` every query weighs the items itself (the deterministic path of an attentive neural process); with
 * the code as weights of g it is a hypernetwork.
 *
 * @see Garnelo et al. Conditional Neural Processes. ICML 2018. arXiv:1807.01613; Kim et al. Attentive Neural Processes.
 * ICLR 2019. arXiv:1901.05761.
 */
export function setLearner(parts: SetLearnerParts): EpisodicLearner {
  const { embedding, aggregator, conditioning, encoder, optimizer } = parts;
  const predictor = conditionedPredictor(conditioning, parts.predictor);
  const codeSize = encoder.at(-1) as number;
  const attends = aggregator === 'crossAttention';

  const embed = (spec: EpisodeSpec, theta: Theta, inputs: Tensor) =>
    embedded(embedding(spec), theta.embedding, inputs);
  const sizesOf = (spec: EpisodeSpec, features: number): PredictorSizes => ({
    inputs: features,
    code: aggregator === 'perClass' ? codeSize * labelSize(spec) : codeSize,
    outputs: outputSizeOf(spec),
  });
  const encode = (theta: Theta, x: Tensor, support: LabelledSet, spec: EpisodeSpec) => {
    let h = withLabels(x, support, spec);
    for (const index of encoder.keys()) {
      h = dense(h, theta.encoder[`layer ${index + 1}`] as Layer);
      if (index + 1 < encoder.length) h = relu(h);
    }
    return h; // [T, S, R]
  };
  const adapt = (theta: Theta, support: LabelledSet, spec: EpisodeSpec): Phi => {
    const x = embed(spec, theta, support.inputs);
    const codes = encode(theta, x, support, spec);
    const { mask } = support;
    if (attends)
      return { codes, keys: dense(x, theta.keys as Layer), ...(mask === undefined ? {} : { mask }) };
    const classes =
      spec.target.kind === 'classification' ? { labels: support.targets, count: labelSize(spec) } : undefined;
    return { code: aggregate(aggregator, codes, mask, classes).add(theta.empty) };
  };
  const outputsOf = (theta: Theta, phi: Phi, inputs: Tensor, spec: EpisodeSpec): Tensor => {
    const x = embed(spec, theta, inputs); // [T, Q, D]
    const sizes = sizesOf(spec, x.shape[2] as number);
    const raw =
      'code' in phi
        ? predictor.apply(theta.predictor, x, phi.code, sizes)
        : attended(theta, phi, x, sizes, predictor.apply);
    return shapedOutputs(raw, spec);
  };

  const learner: EpisodicLearner<Theta, Phi> = {
    kind: 'episodic',
    init(spec, rng) {
      const model = embedding(spec);
      const parameters = model?.init(rng.split('embedding')) ?? {};
      const features = embeddingWidth(model, parameters, spec);
      const sizes = sizesOf(spec, features);
      return {
        embedding: parameters,
        encoder: initEncoder(features + labelSize(spec), encoder, rng.split('encoder')),
        predictor: predictor.init(sizes, rng.split('predictor')),
        empty: tf.zeros([sizes.code]),
        ...(attends ? { keys: denseParameters(features, codeSize, rng.split('keys')) } : {}),
      };
    },
    metaLoss(theta, { support, query }, _rng, spec) {
      const phi = adapt(theta, support.labelled, spec);
      const losses = lossOf(spec)(outputsOf(theta, phi, query.inputs, spec), query.targets, query.mask);
      return { loss: tf.mean(losses) as tf.Scalar, metrics: {} };
    },
    optimizer,
    adapt: (theta, support, _rng, spec) => adapt(theta, support.labelled, spec),
    predict: (theta, phi, inputs, _rng, spec) => predictiveOf(spec, outputsOf(theta, phi, inputs, spec)),
  };
  return learner as unknown as EpisodicLearner;
}

function initEncoder(inputs: number, layers: readonly number[], rng: Rng): Theta['encoder'] {
  return Object.fromEntries(
    layers.map((size, index) => [
      `layer ${index + 1}`,
      denseParameters(index === 0 ? inputs : (layers[index - 1] as number), size, rng.split(index)),
    ]),
  );
}

/** Every query with a code of its own: softmax over items of k(x) · k(x_k) / √R. */
function attended(
  theta: Theta,
  phi: Exclude<Phi, { readonly code: Tensor }>,
  x: Tensor,
  sizes: PredictorSizes,
  apply: (parameters: Tree<Tensor>, x: Tensor, code: Tensor, sizes: PredictorSizes) => Tensor,
): Tensor {
  const { codes, keys, mask } = phi;
  const [tasks, queries, features] = x.shape as [number, number, number];
  const logits = tf.matMul(dense(x, theta.keys as Layer), keys, false, true).div(Math.sqrt(sizes.code));
  const shown = mask === undefined ? logits : logits.add(tf.sub(1, mask).mul(HIDDEN).expandDims(1));
  const own = tf.matMul(tf.softmax(shown), codes).add(theta.empty); // [T, Q, R]
  // Every query is a task of its own to the predictor.
  const apart = apply(
    theta.predictor,
    x.reshape([tasks * queries, 1, features]),
    own.reshape([tasks * queries, sizes.code]),
    sizes,
  );
  return apart.reshape([tasks, queries, sizes.outputs]);
}
