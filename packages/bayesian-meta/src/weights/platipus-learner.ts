import {
  type EpisodeSpec,
  type EpisodicLearner,
  type GradientTransformation,
  type LabelledSet,
  mapTree,
  type Rng,
  zipTrees,
} from '@tasklearn/core';
import type { Model, Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { divergencePerTask, type GaussianTree, sampleGaussianTree } from '../engine/gaussian-trees.js';
import { descend, taskLossGradient } from '../engine/inner-descent.js';
import { repeatSet } from '../engine/labelled-sets.js';
import { initialNoise, likelihoodOf, meanNegativeLogLikelihood, type Noise } from '../engine/likelihood.js';
import { repeatSamples, repeatTreeSamples, spreadOverTasks } from '../engine/sample-axis.js';
import { sampledPredictive } from '../engine/sampled-predictive.js';

/** What probabilistic MAML is made of. */
export interface PlatipusParts {
  /** The network of episodes of a spec. */
  readonly model: (spec: EpisodeSpec) => Model;
  readonly steps: { readonly train: number; readonly test: number };
  readonly rate: number;
  /** Factor of KL(q ‖ p). */
  readonly divergenceWeight: number;
  /** Samples of θ per task while meta-training, and at meta-test. */
  readonly samples: { readonly train: number; readonly test: number };
  /** `adapted`: p is shifted by a gradient on the support set, as in the paper; `plain`: N(μ_θ, σ_θ²). */
  readonly prior: 'adapted' | 'plain';
  /** First values of log σ_θ and log σ_q. */
  readonly logDeviation: number;
  /** First values of γ_p and γ_q, one number per tensor. */
  readonly shift: number;
  readonly noise: number;
  readonly optimizer: GradientTransformation;
}

/** θ: the prior over starting points, the spread of q, and how far gradients shift the two. */
export type PlatipusTheta = {
  readonly mean: Parameters;
  readonly logDeviation: Parameters;
  readonly inferenceLogDeviation: Parameters;
  readonly priorShift: Parameters;
  readonly inferenceShift: Parameters;
  readonly noise: Noise;
};

/** μ_θ − γ ∇L(μ_θ, D), leaves [T, ...]. */
function shifted(mean: Parameters, shift: Parameters, gradient: Parameters): Parameters {
  return zipTrees(
    (leaf: Tensor, factor: Tensor, slope: Tensor) => leaf.sub(slope.mul(factor)),
    mean,
    shift,
    gradient,
  );
}

/**
 * Probabilistic MAML: a distribution over starting points, from each of which gradient descent finds one solution. Two
 * samples may end in two modes.
 *
 * q = N(μ_θ − γ_q ∇L(μ_θ, D_ts), σ_q²), θ ~ q, φ = θ − α ∇L(θ, D_tr), loss L(φ, D_ts) + w KL(q ‖ p), with
 * p = N(μ_θ − γ_p ∇L(μ_θ, D_tr), σ_θ²), from which θ is drawn at meta-test.
 *
 * @see Finn, Xu, Levine. Probabilistic Model-Agnostic Meta-Learning. NeurIPS 2018, algorithms 1 and 2. arXiv:1806.02817.
 */
export function platipusLearner(parts: PlatipusParts): EpisodicLearner<PlatipusTheta, Parameters> {
  const { samples, steps, rate } = parts;
  const priorOf = (
    theta: PlatipusTheta,
    support: LabelledSet,
    spec: EpisodeSpec,
  ): GaussianTree<Parameters> => {
    const tasks = support.inputs.shape[0] as number;
    const mean = spreadOverTasks(theta.mean, tasks);
    const logDeviation = spreadOverTasks(theta.logDeviation, tasks);
    if (parts.prior === 'plain') return { mean, logDeviation };
    const gradient = taskLossGradient(parts.model(spec), spec, mean, support);
    return { mean: shifted(mean, theta.priorShift, gradient), logDeviation };
  };
  const inferenceOf = (
    theta: PlatipusTheta,
    query: LabelledSet,
    spec: EpisodeSpec,
  ): GaussianTree<Parameters> => {
    const tasks = query.inputs.shape[0] as number;
    const mean = spreadOverTasks(theta.mean, tasks);
    const gradient = taskLossGradient(parts.model(spec), spec, mean, query);
    return {
      mean: shifted(mean, theta.inferenceShift, gradient),
      logDeviation: spreadOverTasks(theta.inferenceLogDeviation, tasks),
    };
  };
  /** S starting points per task, descended: leaves [T · S, ...]. */
  const solutions = (
    from: GaussianTree<Parameters>,
    support: LabelledSet,
    spec: EpisodeSpec,
    rng: Rng,
    stage: 'train' | 'test',
  ) => {
    const count = samples[stage];
    const repeated = repeatTreeSamples(from, count) as GaussianTree<Parameters>;
    const start = sampleGaussianTree(repeated, rng);
    const set = repeatSet(support, count);
    return descend(parts.model(spec), spec, start, set, { steps: steps[stage], rate });
  };
  const predict = (theta: PlatipusTheta, phi: Parameters, inputs: Tensor, spec: EpisodeSpec, count: number) =>
    likelihoodOf(spec, parts.model(spec).apply(phi, repeatSamples(inputs, count)), theta.noise);
  return {
    kind: 'episodic',
    init(spec, rng) {
      const mean = parts.model(spec).init(rng);
      const filled = (value: number) => mapTree(mean, (leaf: Tensor) => tf.fill(leaf.shape, value));
      const numbers = (value: number) => mapTree(mean, () => tf.scalar(value));
      return {
        mean,
        logDeviation: filled(parts.logDeviation) as Parameters,
        inferenceLogDeviation: filled(parts.logDeviation) as Parameters,
        priorShift: numbers(parts.shift) as Parameters,
        inferenceShift: numbers(parts.shift) as Parameters,
        noise: initialNoise(spec, parts.noise),
      };
    },
    metaLoss(theta, { support, query }, rng, spec) {
      const q = inferenceOf(theta, query, spec);
      const phi = solutions(q, support.labelled, spec, rng.split('starts'), 'train');
      const each = predict(theta, phi, query.inputs, spec, samples.train);
      const fit = tf.mean(meanNegativeLogLikelihood(each, repeatSet(query, samples.train)));
      const divergence = tf.mean(divergencePerTask(q, priorOf(theta, support.labelled, spec)));
      const loss = fit.add(divergence.mul(parts.divergenceWeight)) as Scalar;
      return { loss, metrics: { queryLoss: fit as Scalar, divergence: divergence as Scalar } };
    },
    optimizer: parts.optimizer,
    adapt: (theta, support, rng, spec) =>
      solutions(priorOf(theta, support.labelled, spec), support.labelled, spec, rng.split('starts'), 'test'),
    predict: (theta, phi, inputs, _rng, spec) =>
      sampledPredictive(predict(theta, phi, inputs, spec, samples.test), samples.test),
  };
}
