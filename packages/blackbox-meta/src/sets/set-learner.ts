import type {
  EpisodeBatch,
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
import {
  divergenceFromStandard,
  firstLogDeviations,
  type PathRegularization,
  pathRegularizationDefaults,
  sampledWeights,
  weightDivergence,
} from './path-regularization.js';
import { type Conditioning, conditionedPredictor, type PredictorSizes } from './predictor.js';

/** How items and queries are brought together. */
export type SetReadout = Aggregator | 'crossAttention';

/** What a learner that encodes its support set is made of. */
export interface SetLearnerParts {
  /** From inputs to vectors; `undefined` takes inputs as they are, flat. */
  readonly embedding: (spec: EpisodeSpec) => Model | undefined;
  readonly aggregator: SetReadout;
  readonly conditioning: Conditioning;
  /** Layers that inputs of support and queries alike pass first; none unless told. */
  readonly inputEncoder?: readonly number[];
  /** Hidden layers of the item encoder h; its last is the code. */
  readonly encoder: readonly number[];
  /** Hidden layers of the predictor g. */
  readonly predictor: readonly number[];
  readonly optimizer: GradientTransformation;
  /** None unless told. */
  readonly regularization?: PathRegularization;
}

type Layer = Required<DenseParameters>;
type LayerTree = { readonly [layer: string]: Layer };
type Path = 'inputs' | 'encoder' | 'predictor';
type Theta = {
  readonly embedding: Parameters;
  readonly inputs: LayerTree;
  readonly encoder: LayerTree;
  readonly predictor: Tree<Tensor>;
  /** r_0: what a code begins from, [R]. */
  readonly empty: Tensor;
  readonly keys?: Layer;
  /** log s of weights that are random, by path. */
  readonly logDeviations?: { readonly [path in Path]?: Tree<Tensor> };
};

/** φ: one code per task, or codes and keys of all items for queries to look at. */
type Phi =
  | { readonly code: Tensor }
  | { readonly codes: Tensor; readonly keys: Tensor; readonly mask?: Tensor };

const HIDDEN = -1e9;
const layerName = (index: number) => `layer ${index + 1}`;

/** ReLU layers; the last is linear. */
function perceptron(x: Tensor, layers: LayerTree, count: number): Tensor {
  let h = x;
  for (let index = 0; index < count; index += 1) {
    h = dense(h, layers[layerName(index)] as Layer);
    if (index + 1 < count) h = relu(h);
  }
  return h;
}

function initLayers(inputs: number, sizes: readonly number[], rng: Rng): LayerTree {
  return Object.fromEntries(
    sizes.map((size, index) => [
      layerName(index),
      denseParameters(index === 0 ? inputs : (sizes[index - 1] as number), size, rng.split(index)),
    ]),
  );
}

/** Which weights are random. */
function randomPaths(kind: PathRegularization['kind']): readonly Path[] {
  if (kind === 'weights') return ['inputs'];
  return kind === 'allWeights' ? ['inputs', 'encoder', 'predictor'] : [];
}

/** θ with its random weights drawn. */
function drawn(theta: Theta, paths: readonly Path[], rng: Rng): Theta {
  const samples = paths.map((path) => [
    path,
    sampledWeights(theta[path] as Tree<Tensor>, theta.logDeviations?.[path] as Tree<Tensor>, rng.split(path)),
  ]);
  return { ...theta, ...Object.fromEntries(samples) };
}

/**
 * A conditional neural process: items are encoded one by one, r = ⊕_k h_θ(x_k, y_k), and a network g_θ(x, r) predicts.
 * Predictions do not depend on the order of the support.
 *
 * With `crossAttention` every query weighs the items itself (the deterministic path of an attentive neural process); with
 * the code as weights of g it is a hypernetwork. With a regularised input path it is MR-CNP: θ's random weights are drawn
 * once per update, the same for support and query, and are at their means at meta-test.
 *
 * @see Garnelo et al. Conditional Neural Processes. ICML 2018. arXiv:1807.01613; Kim et al. Attentive Neural Processes.
 * ICLR 2019. arXiv:1901.05761; Yin et al. Meta-Learning without Memorization. ICLR 2020. arXiv:1912.03820.
 */
export function setLearner(parts: SetLearnerParts): EpisodicLearner {
  const { embedding, aggregator, conditioning, inputEncoder = [], encoder, optimizer } = parts;
  const { regularization = pathRegularizationDefaults } = parts;
  const predictor = conditionedPredictor(conditioning, parts.predictor);
  const codeSize = encoder.at(-1) as number;
  const attends = aggregator === 'crossAttention';
  const bottleneck = regularization.kind === 'activations';
  const paths = randomPaths(regularization.kind);

  /** What is made of inputs: their code, and log s of it where it is random. */
  const encodeInputs = (spec: EpisodeSpec, theta: Theta, inputs: Tensor) => {
    const x = embedded(embedding(spec), theta.embedding, inputs);
    if (inputEncoder.length === 0) return { x };
    const h = perceptron(x, theta.inputs, inputEncoder.length);
    if (!bottleneck) return { x: relu(h) };
    const [mean, logDeviation] = tf.split(h, 2, 2) as [Tensor, Tensor];
    return { x: mean, logDeviation };
  };
  const sizesOf = (spec: EpisodeSpec, features: number): PredictorSizes => ({
    inputs: features,
    code: aggregator === 'perClass' ? codeSize * labelSize(spec) : codeSize,
    outputs: outputSizeOf(spec),
  });
  const phiOf = (theta: Theta, x: Tensor, support: LabelledSet, spec: EpisodeSpec): Phi => {
    const codes = perceptron(withLabels(x, support, spec), theta.encoder, encoder.length); // [T, S, R]
    const { mask } = support;
    if (attends)
      return { codes, keys: dense(x, theta.keys as Layer), ...(mask === undefined ? {} : { mask }) };
    const classes =
      spec.target.kind === 'classification' ? { labels: support.targets, count: labelSize(spec) } : undefined;
    return { code: aggregate(aggregator, codes, mask, classes).add(theta.empty) };
  };
  const outputsOf = (theta: Theta, phi: Phi, x: Tensor, spec: EpisodeSpec): Tensor => {
    const sizes = sizesOf(spec, x.shape[2] as number);
    const raw =
      'code' in phi
        ? predictor.apply(theta.predictor, x, phi.code, sizes)
        : attended(theta, phi, x, sizes, predictor.apply);
    return shapedOutputs(raw, spec);
  };
  /** Loss, and the divergences that the regularisation weighs. */
  const lossWithNoise = (theta: Theta, { support, query }: EpisodeBatch, rng: Rng, spec: EpisodeSpec) => {
    const sample = drawn(theta, paths, rng.split('weights'));
    let divergence: Tensor = tf.scalar(0);
    const noisy = (inputs: Tensor, name: string) => {
      const { x, logDeviation } = encodeInputs(spec, sample, inputs);
      if (logDeviation === undefined) return x;
      divergence = divergence.add(tf.mean(tf.sum(divergenceFromStandard(x, logDeviation), 2)));
      return x.add(tf.exp(logDeviation).mul(rng.split(name).normal(x.shape)));
    };
    const phi = phiOf(sample, noisy(support.labelled.inputs, 'support'), support.labelled, spec);
    const outputs = outputsOf(sample, phi, noisy(query.inputs, 'query'), spec);
    const losses = lossOf(spec)(outputs, query.targets, query.mask); // [T]
    for (const path of paths)
      divergence = divergence.add(
        weightDivergence(theta[path] as Tree<Tensor>, theta.logDeviations?.[path] as Tree<Tensor>),
      );
    return { error: tf.mean(losses) as tf.Scalar, divergence };
  };

  const learner: EpisodicLearner<Theta, Phi> = {
    kind: 'episodic',
    init(spec, rng) {
      const model = embedding(spec);
      const embeddingParameters = model?.init(rng.split('embedding')) ?? {};
      const width = embeddingWidth(model, embeddingParameters, spec);
      const features = inputEncoder.at(-1) ?? width;
      const layerSizes = inputEncoder.map((size, index) =>
        bottleneck && index + 1 === inputEncoder.length ? 2 * size : size,
      );
      const sizes = sizesOf(spec, features);
      const theta: Theta = {
        embedding: embeddingParameters,
        inputs: initLayers(width, layerSizes, rng.split('inputs')),
        encoder: initLayers(features + labelSize(spec), encoder, rng.split('encoder')),
        predictor: predictor.init(sizes, rng.split('predictor')),
        empty: tf.zeros([sizes.code]),
        ...(attends ? { keys: denseParameters(features, codeSize, rng.split('keys')) } : {}),
      };
      if (paths.length === 0) return theta;
      const deviations = paths.map((path) => [path, firstLogDeviations(theta[path] as Tree<Tensor>)]);
      return { ...theta, logDeviations: Object.fromEntries(deviations) };
    },
    metaLoss(theta, episodes, rng, spec) {
      const { error, divergence } = lossWithNoise(theta, episodes, rng, spec);
      if (regularization.kind === 'none') return { loss: error, metrics: {} };
      const loss = error.add(divergence.mul(regularization.strength)) as tf.Scalar;
      return { loss, metrics: { error, divergence: divergence as tf.Scalar } };
    },
    optimizer,
    adapt: (theta, support, _rng, spec) =>
      phiOf(theta, encodeInputs(spec, theta, support.labelled.inputs).x, support.labelled, spec),
    predict: (theta, phi, inputs, _rng, spec) =>
      predictiveOf(spec, outputsOf(theta, phi, encodeInputs(spec, theta, inputs).x, spec)),
  };
  return learner as unknown as EpisodicLearner;
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
  const weights = tf.softmax(shown); // [T, Q, S]
  // Without any item softmax would weigh masked ones alike: what they hold must not be seen.
  const counted = mask === undefined ? weights : weights.mul(mask.expandDims(1));
  const own = tf.matMul(counted, codes).add(theta.empty); // [T, Q, R]
  // Every query is a task of its own to the predictor.
  const apart = apply(
    theta.predictor,
    x.reshape([tasks * queries, 1, features]),
    own.reshape([tasks * queries, sizes.code]),
    sizes,
  );
  return apart.reshape([tasks, queries, sizes.outputs]);
}
