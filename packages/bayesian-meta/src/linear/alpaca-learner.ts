import {
  type EpisodeSpec,
  type EpisodicLearner,
  type GradientTransformation,
  type LabelledSet,
  type Rng,
  sizeOf,
} from '@tasklearn/core';
import {
  conditionRegression,
  gaussian,
  type Model,
  type Parameters,
  predictRegression,
  type RegressionBelief,
} from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { requireTarget } from '../bayesian-options.js';
import { meanNegativeLogLikelihood } from '../engine/likelihood.js';

/** What ALPaCA is made of. */
export interface AlpacaParts {
  /** f_θ, from inputs to F features. */
  readonly model: (spec: EpisodeSpec) => Model;
  /** F. */
  readonly features: number;
  /** First value of the prior precision's diagonal. */
  readonly priorPrecision: number;
  /** First value of σ. */
  readonly noise: number;
  /** `random`: the loss is taken after t ~ U{0, ..., S} support items, so that few of them are trained for too; `full`: after all. */
  readonly horizon: 'random' | 'full';
  readonly optimizer: GradientTransformation;
}

/** θ: features, the prior over the last layer, and the noise. */
export type AlpacaTheta = {
  readonly features: Parameters;
  /** W̄₀, [F, D]. */
  readonly weights: Tensor;
  /** A in Λ₀ = A Aᵀ + 1e-6 I, [F, F]. */
  readonly precisionRoot: Tensor;
  /** log σ, [D]. */
  readonly logDeviation: Tensor;
};

/** The prior belief of T tasks. */
export function alpacaPrior({ weights, precisionRoot }: AlpacaTheta, tasks: number): RegressionBelief {
  const size = weights.shape[0] as number;
  const precision = tf.matMul(precisionRoot, precisionRoot, false, true).add(tf.eye(size).mul(1e-6));
  const spread = (x: Tensor) => x.expandDims(0).add(tf.zeros([tasks, 1, 1]));
  return { precision: spread(precision), projection: spread(tf.matMul(precision, weights)) };
}

/** 1 for the first t support items of each task, t ~ U{0, ..., S}: [T, S]. */
function randomHorizon(rng: Rng, tasks: number, items: number): Tensor {
  const count = tf.floor(rng.uniform([tasks, 1]).mul(items + 1)); // [T, 1]
  return tf.less(tf.range(0, items).expandDims(0), count).cast('float32');
}

/**
 * ALPaCA: Bayesian linear regression on learned features. Adapting is exact; the features and the prior are trained for the
 * predictive likelihood.
 *
 * @throws `UNSUPPORTED_TASK` from `init` for a classification.
 * @see Harrison, Sharma, Pavone. Meta-Learning Priors for Efficient Online Bayesian Regression. WAFR 2018. arXiv:1807.08912.
 */
export function alpacaLearner(parts: AlpacaParts): EpisodicLearner<AlpacaTheta, RegressionBelief> {
  const condition = (theta: AlpacaTheta, set: LabelledSet, spec: EpisodeSpec): RegressionBelief => {
    const features = parts.model(spec).apply(theta.features, set.inputs);
    const [tasks, items] = features.shape as [number, number, number];
    const targets = set.targets.reshape([tasks, items, theta.weights.shape[1] as number]);
    return conditionRegression(alpacaPrior(theta, tasks), features, targets, set.mask);
  };
  const predict = (theta: AlpacaTheta, belief: RegressionBelief, inputs: Tensor, spec: EpisodeSpec) => {
    const features = parts.model(spec).apply(theta.features, inputs);
    const { mean, scale } = predictRegression(belief, features);
    const shape = [
      ...mean.shape.slice(0, 2),
      ...(spec.target.kind === 'regression' ? spec.target.shape : []),
    ];
    const deviation = tf.sqrt(scale).mul(tf.exp(theta.logDeviation)); // [T, B, D]
    return gaussian(mean.reshape(shape), deviation.reshape(shape));
  };
  return {
    kind: 'episodic',
    init(spec, rng) {
      requireTarget('alpaca', spec, 'regression');
      const outputs = spec.target.kind === 'regression' ? sizeOf(spec.target.shape) : 1;
      return {
        features: parts.model(spec).init(rng),
        weights: tf.zeros([parts.features, outputs]),
        precisionRoot: tf.tidy(() => tf.eye(parts.features).mul(Math.sqrt(parts.priorPrecision))),
        logDeviation: tf.fill([outputs], Math.log(parts.noise)),
      };
    },
    metaLoss(theta, { support, query }, rng, spec) {
      const { labelled } = support;
      const [tasks, items] = labelled.targets.shape as [number, number];
      const shown = parts.horizon === 'random' ? randomHorizon(rng, tasks, items) : tf.ones([tasks, items]);
      const mask = labelled.mask === undefined ? shown : shown.mul(labelled.mask);
      const belief = condition(theta, { ...labelled, mask }, spec);
      const each = predict(theta, belief, query.inputs, spec);
      return { loss: tf.mean(meanNegativeLogLikelihood(each, query)) as Scalar, metrics: {} };
    },
    optimizer: parts.optimizer,
    adapt: (theta, support, _rng, spec) => condition(theta, support.labelled, spec),
    predict: (theta, belief, inputs, _rng, spec) => predict(theta, belief, inputs, spec),
  };
}
