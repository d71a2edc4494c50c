import type { EpisodeSpec, EpisodicLearner, GradientTransformation, LabelledSet, Rng } from '@tasklearn/core';
import { categorical, type Model, mlp, oneHot, type Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { requireTarget } from '../bayesian-options.js';
import { meanNegativeLogLikelihood } from '../engine/likelihood.js';
import { repeatSamples } from '../engine/sample-axis.js';
import { sampledPredictive } from '../engine/sampled-predictive.js';

/** What VERSA for classification is made of. */
export interface VersaParts {
  /** h_θ, from inputs to vectors of `features` numbers. */
  readonly embedding: (spec: EpisodeSpec) => Model;
  readonly features: number;
  /** Hidden layers of the networks that give a class's weights. */
  readonly hidden: readonly number[];
  readonly samples: { readonly train: number; readonly test: number };
  readonly optimizer: GradientTransformation;
}

/** θ. */
export type VersaTheta = {
  readonly embedding: Parameters;
  readonly weights: Parameters;
  readonly biases: Parameters;
};

/** A Gaussian linear classifier per task: weights [T, N, D], biases [T, N]. */
export type LinearPosterior = {
  readonly weightMean: Tensor;
  readonly weightVariance: Tensor;
  readonly biasMean: Tensor;
  readonly biasVariance: Tensor;
};

/**
 * Mean and variance of the logits h · w_n + b_n of a Gaussian classifier: they are Gaussian too, so that noise can be drawn
 * for logits instead of for weights.
 *
 * @param features - h, [T, B, D].
 * @returns [T, B, N] each.
 * @see Kingma, Salimans, Welling. Variational Dropout and the Local Reparameterization Trick. 2015. arXiv:1506.02557.
 */
export function logitMoments(
  features: Tensor,
  { weightMean, weightVariance, biasMean, biasVariance }: LinearPosterior,
): { readonly mean: Tensor; readonly variance: Tensor } {
  return {
    mean: tf.matMul(features, weightMean, false, true).add(biasMean.expandDims(1)),
    variance: tf.matMul(tf.square(features), weightVariance, false, true).add(biasVariance.expandDims(1)),
  };
}

/** Mean of each class's features, [T, N, D]. */
function classMeans(features: Tensor, { targets, mask }: LabelledSet, ways: number): Tensor {
  const members = oneHot(targets, ways); // [T, S, N]
  const counted = mask === undefined ? members : members.mul(mask.expandDims(2));
  const sizes = tf.maximum(tf.sum(counted, 1), 1).expandDims(2);
  return tf.matMul(counted, features, true, false).div(sizes);
}

/** One half of the last axis. */
function halfOf(x: Tensor, at: 0 | 1): Tensor {
  const [tasks, items, both] = x.shape as [number, number, number];
  return tf.slice(x, [0, 0, (at * both) / 2], [tasks, items, both / 2]);
}

/**
 * VERSA: amortised inference of a linear classifier. A network gives mean and variance of a class's weights from the mean
 * feature of that class alone, so that the number of classes may change; the loss is −log of the mean over samples of p(y | x).
 *
 * @throws `UNSUPPORTED_TASK` from `init` for a regression.
 * @see Gordon, Bronskill, Bauer, Nowozin, Turner. Meta-Learning Probabilistic Inference for Prediction. ICLR 2019.
 * arXiv:1805.09921.
 */
export function versaLearner(parts: VersaParts): EpisodicLearner<VersaTheta, LinearPosterior> {
  const { features: size, samples } = parts;
  const networks = {
    weights: mlp({ inputShape: [size], hidden: parts.hidden, outputSize: 2 * size, activation: 'elu' }),
    biases: mlp({ inputShape: [size], hidden: parts.hidden, outputSize: 2, activation: 'elu' }),
  };
  const waysOf = ({ target, ways }: EpisodeSpec) =>
    ways ?? (target.kind === 'classification' ? target.classes : 1);
  const adapt = (theta: VersaTheta, support: LabelledSet, spec: EpisodeSpec): LinearPosterior => {
    const h = parts.embedding(spec).apply(theta.embedding, support.inputs);
    const centres = classMeans(h, support, waysOf(spec)); // [T, N, D]
    const weights = networks.weights.apply(theta.weights, centres);
    const biases = networks.biases.apply(theta.biases, centres); // [T, N, 2]
    const flat = (x: Tensor) => x.reshape(x.shape.slice(0, 2));
    return {
      weightMean: halfOf(weights, 0),
      weightVariance: tf.exp(halfOf(weights, 1)),
      biasMean: flat(halfOf(biases, 0)),
      biasVariance: tf.exp(flat(halfOf(biases, 1))),
    };
  };
  const predict = (
    theta: VersaTheta,
    phi: LinearPosterior,
    inputs: Tensor,
    rng: Rng,
    spec: EpisodeSpec,
    count: number,
  ) => {
    const { mean, variance } = logitMoments(parts.embedding(spec).apply(theta.embedding, inputs), phi);
    const noise = rng.normal([(mean.shape[0] as number) * count, ...mean.shape.slice(1)]);
    const logits = repeatSamples(mean, count).add(repeatSamples(tf.sqrt(variance), count).mul(noise));
    return sampledPredictive(categorical(logits), count);
  };
  return {
    kind: 'episodic',
    init(spec, rng) {
      requireTarget('versa', spec, 'classification');
      return {
        embedding: parts.embedding(spec).init(rng.split('embedding')),
        weights: networks.weights.init(rng.split('weights')),
        biases: networks.biases.init(rng.split('biases')),
      };
    },
    metaLoss(theta, { support, query }, rng, spec) {
      const phi = adapt(theta, support.labelled, spec);
      const mixture = predict(theta, phi, query.inputs, rng, spec, samples.train);
      return { loss: tf.mean(meanNegativeLogLikelihood(mixture, query)) as Scalar, metrics: {} };
    },
    optimizer: parts.optimizer,
    adapt: (theta, support, _rng, spec) => adapt(theta, support.labelled, spec),
    predict: (theta, phi, inputs, rng, spec) => predict(theta, phi, inputs, rng, spec, samples.test),
  };
}
