import {
  type EpisodeSpec,
  type EpisodicLearner,
  type GradientTransformation,
  type LabelledSet,
  type Rng,
  sizeOf,
} from '@tasklearn/core';
import { type Model, mlp, oneHot, outputSizeOf, type Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { gaussianDivergence } from '../engine/gaussian-trees.js';
import { jointLoss } from '../engine/joint-loss.js';
import { repeatSet, unionOf } from '../engine/labelled-sets.js';
import { initialNoise, likelihoodOf, meanNegativeLogLikelihood, type Noise } from '../engine/likelihood.js';
import { repeatSamples } from '../engine/sample-axis.js';
import { sampledPredictive } from '../engine/sampled-predictive.js';

/**
 * What the encoder and the decoder are trained for.
 *
 * - `boundQuery`: E_q(z | support ∪ query) log p(query | z) − β KL(q(z | support ∪ query) ‖ q(z | support)), the neural process.
 * - `boundSupport`: E_q(z | support) log p(query | z) − β KL(q(z | support) ‖ N(0, I)). Rewards no spread.
 * - `joint`: log (1/S) Σ_s Π p(y | x, z_s) with z_s ~ q(z | support).
 * - `pointwise`: Σ log (1/S) Σ_s p(y | x, z_s).
 */
export type LatentObjective = 'boundQuery' | 'boundSupport' | 'joint' | 'pointwise';

/** What a learner with a latent vector per task is made of. */
export interface LatentLearnerParts {
  /** From inputs to vectors; `undefined` takes inputs as they are, flat. */
  readonly embedding: (spec: EpisodeSpec) => Model | undefined;
  /** Layers of the item encoder; the last is the code. */
  readonly encoder: readonly number[];
  /** Hidden layers of the decoder. */
  readonly decoder: readonly number[];
  /** Numbers in z. */
  readonly latentSize: number;
  readonly objective: LatentObjective;
  /** β. */
  readonly divergenceWeight: number;
  readonly samples: { readonly train: number; readonly test: number };
  readonly noise: number;
  readonly optimizer: GradientTransformation;
}

/** θ. */
export type LatentTheta = {
  readonly embedding: Parameters;
  readonly encoder: Parameters;
  /** From the mean code to μ and log σ of z. */
  readonly posterior: Parameters;
  readonly decoder: Parameters;
  readonly noise: Noise;
};

/** q(z | D) of every task, [T, Z] each. */
export type LatentPosterior = { readonly mean: Tensor; readonly logDeviation: Tensor };

/** Numbers of a label as the encoder reads it. */
function labelSize({ target, ways }: EpisodeSpec): number {
  return target.kind === 'classification' ? (ways ?? target.classes) : sizeOf(target.shape);
}

/** Inputs as vectors, [T, B, D]. */
function vectorsOf(model: Model | undefined, parameters: Parameters, inputs: Tensor): Tensor {
  if (model !== undefined) return model.apply(parameters, inputs);
  const [tasks = 1, items = 1] = inputs.shape;
  return inputs.reshape([tasks, items, inputs.size / (tasks * items)]);
}

/** Mean over the items that count; 0 where none does. */
function meanCode(codes: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined) return tf.mean(codes, 1);
  const sum = tf.sum(codes.mul(mask.expandDims(2)), 1);
  return sum.div(tf.maximum(tf.sum(mask, 1, true), 1));
}

/** The networks of a latent-variable learner for one spec. */
function networksOf(parts: LatentLearnerParts, spec: EpisodeSpec, features: number) {
  const { encoder, decoder, latentSize } = parts;
  const code = encoder.at(-1) as number;
  const activation = 'relu';
  return {
    encoder: mlp({
      inputShape: [features + labelSize(spec)],
      hidden: encoder.slice(0, -1),
      outputSize: code,
      activation,
    }),
    posterior: mlp({ inputShape: [code], hidden: [code], outputSize: 2 * latentSize, activation }),
    decoder: mlp({
      inputShape: [features + latentSize],
      hidden: decoder,
      outputSize: outputSizeOf(spec),
      activation,
    }),
  };
}

/** q(z | set): items are encoded one by one, their mean becomes μ and σ = 0.1 + 0.9 sigmoid(·). */
function posteriorOf(
  parts: LatentLearnerParts,
  theta: LatentTheta,
  { inputs, targets, mask }: LabelledSet,
  spec: EpisodeSpec,
): LatentPosterior {
  const x = vectorsOf(parts.embedding(spec), theta.embedding, inputs); // [T, S, D]
  const [tasks, items, features] = x.shape as [number, number, number];
  const networks = networksOf(parts, spec, features);
  const labels =
    spec.target.kind === 'classification'
      ? oneHot(targets, labelSize(spec))
      : targets.reshape([tasks, items, labelSize(spec)]);
  const codes = networks.encoder.apply(theta.encoder, tf.concat([x, labels], 2));
  const code = tf.relu(meanCode(codes, mask)).expandDims(1); // [T, 1, R]
  const raw = networks.posterior.apply(theta.posterior, code);
  const half = (at: number) =>
    tf
      .slice(raw, [0, 0, at * parts.latentSize], [tasks, 1, parts.latentSize])
      .reshape([tasks, parts.latentSize]);
  return { mean: half(0), logDeviation: tf.log(tf.sigmoid(half(1)).mul(0.9).add(0.1)) };
}

/** z ~ q with S samples per task, [T · S, Z]. */
function drawLatent({ mean, logDeviation }: LatentPosterior, samples: number, rng: Rng): Tensor {
  const [mu, log] = [repeatSamples(mean, samples), repeatSamples(logDeviation, samples)];
  return mu.add(tf.exp(log).mul(rng.normal(mu.shape)));
}

/** p(y | x, z_s), [T · S, B]. */
function decoded(
  parts: LatentLearnerParts,
  theta: LatentTheta,
  latent: Tensor,
  inputs: Tensor,
  samples: number,
  spec: EpisodeSpec,
) {
  const x = repeatSamples(vectorsOf(parts.embedding(spec), theta.embedding, inputs), samples); // [T · S, B, D]
  const [all, items, features] = x.shape as [number, number, number];
  const z = latent.expandDims(1).add(tf.zeros([all, items, 1])); // [T · S, B, Z]
  const { decoder } = networksOf(parts, spec, features);
  return likelihoodOf(spec, decoder.apply(theta.decoder, tf.concat([x, z], 2)), theta.noise);
}

/**
 * A black-box learner with a distribution over functions: an encoder gives q(z | D), a decoder p(y | x, z). Though q is
 * Gaussian, the prediction is not.
 *
 * @see Garnelo et al. Neural Processes. 2018. arXiv:1807.01622.
 */
export function latentLearner(parts: LatentLearnerParts): EpisodicLearner<LatentTheta, { latent: Tensor }> {
  const { samples, objective } = parts;
  const divergenceOf = (q: LatentPosterior, p: LatentPosterior) =>
    tf.sum(gaussianDivergence(q.mean, q.logDeviation, p.mean, p.logDeviation), 1); // [T]
  const fitOf = (theta: LatentTheta, q: LatentPosterior, query: LabelledSet, spec: EpisodeSpec, rng: Rng) => {
    const latent = drawLatent(q, samples.train, rng);
    const each = decoded(parts, theta, latent, query.inputs, samples.train, spec);
    const mixture = sampledPredictive(each, samples.train);
    if (objective === 'joint') return jointLoss(mixture, query);
    if (objective === 'pointwise') return tf.mean(meanNegativeLogLikelihood(mixture, query)) as Scalar;
    return tf.mean(meanNegativeLogLikelihood(each, repeatSet(query, samples.train))) as Scalar;
  };
  return {
    kind: 'episodic',
    init(spec, rng) {
      const model = parts.embedding(spec);
      const embedding = model?.init(rng.split('embedding')) ?? {};
      const features = tf.tidy(
        () => vectorsOf(model, embedding, tf.zeros([1, 1, ...spec.input.shape])).shape[2] as number,
      );
      const networks = networksOf(parts, spec, features);
      return {
        embedding,
        encoder: networks.encoder.init(rng.split('encoder')),
        posterior: networks.posterior.init(rng.split('posterior')),
        decoder: networks.decoder.init(rng.split('decoder')),
        noise: initialNoise(spec, parts.noise),
      };
    },
    metaLoss(theta, { support, query }, rng, spec) {
      const prior = posteriorOf(parts, theta, support.labelled, spec);
      if (objective === 'joint' || objective === 'pointwise') {
        return { loss: fitOf(theta, prior, query, spec, rng), metrics: {} };
      }
      const bound = objective === 'boundQuery';
      const q = bound ? posteriorOf(parts, theta, unionOf(support.labelled, query), spec) : prior;
      const standard = { mean: tf.zerosLike(q.mean), logDeviation: tf.zerosLike(q.mean) };
      const divergence = tf.mean(divergenceOf(q, bound ? prior : standard));
      const fit = fitOf(theta, q, query, spec, rng);
      const items = query.targets.shape[1] as number;
      const loss = fit.add(divergence.mul(parts.divergenceWeight / items)) as Scalar;
      return { loss, metrics: { fit, divergence: divergence as Scalar } };
    },
    optimizer: parts.optimizer,
    adapt(theta, support, rng, spec) {
      const q = posteriorOf(parts, theta, support.labelled, spec);
      return { latent: drawLatent(q, samples.test, rng.split('latent')) };
    },
    predict: (theta, { latent }, inputs, _rng, spec) =>
      sampledPredictive(decoded(parts, theta, latent, inputs, samples.test, spec), samples.test),
  };
}
