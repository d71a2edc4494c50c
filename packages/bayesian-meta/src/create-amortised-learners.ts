import {
  type EpisodeSpec,
  type EpisodicLearner,
  type PartialOptions,
  requireInteger,
  requireIntegers,
  requireNonNegative,
  requireOneOf,
  requirePositive,
} from '@tasklearn/core';
import { isConvolutional, networkFor, optimizerFor } from '@tasklearn/nn';
import { type BayesianOptions, bayesianDefaults, resolveBayesianOptions } from './bayesian-options.js';
import { type LatentObjective, latentLearner } from './latent/latent-learner.js';
import { versaLearner } from './latent/versa-learner.js';
import { alpacaLearner } from './linear/alpaca-learner.js';

/** Options of `neural-process`. */
export type LatentOptions = BayesianOptions & {
  /** Layers of the item encoder; the last is the code. */
  readonly encoder: readonly number[];
  /** Hidden layers of the decoder. */
  readonly decoder: readonly number[];
  /** Numbers in z, >= 1. */
  readonly latentSize: number;
  /** Numbers in the embedding of an image, >= 1. */
  readonly embeddingSize: number;
  readonly objective: LatentObjective;
  /** β >= 0. */
  readonly divergenceWeight: number;
  readonly trainSamples: number;
  readonly testSamples: number;
};

/** Sixteen latent numbers, the neural process's bound, one sample while training and 64 at meta-test. */
export const latentDefaults: LatentOptions = {
  ...bayesianDefaults,
  encoder: [64, 64, 64],
  decoder: [64, 64, 64],
  latentSize: 16,
  embeddingSize: 64,
  objective: 'boundQuery',
  divergenceWeight: 1,
  trainSamples: 1,
  testSamples: 64,
};

/** What images are embedded by; `undefined` for vectors. */
function embeddingOf({ network }: BayesianOptions, outputSize: number) {
  return ({ input: { shape } }: EpisodeSpec) =>
    isConvolutional(network, shape) ? networkFor(network, { inputShape: shape, outputSize }) : undefined;
}

/** One learner for classes, another for numbers. */
function byTarget(classes: EpisodicLearner, numbers: EpisodicLearner): EpisodicLearner {
  const of = ({ target }: EpisodeSpec) => (target.kind === 'classification' ? classes : numbers);
  return {
    kind: 'episodic',
    init: (spec, rng) => of(spec).init(spec, rng),
    metaLoss: (theta, episodes, rng, spec) =>
      (of(spec).metaLoss as NonNullable<EpisodicLearner['metaLoss']>)(theta, episodes, rng, spec),
    ...(classes.optimizer && { optimizer: classes.optimizer }),
    adapt: (theta, support, rng, spec) => of(spec).adapt(theta, support, rng, spec),
    predict: (theta, phi, inputs, rng, spec) => of(spec).predict(theta, phi, inputs, rng, spec),
  };
}

/**
 * A neural process with a latent vector per task.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createNeuralProcess(options: PartialOptions<LatentOptions> = {}): EpisodicLearner {
  const owner = 'neural-process';
  const all = resolveBayesianOptions(owner, latentDefaults, options);
  requireIntegers(owner, all, 'encoder', 1);
  requireIntegers(owner, all, 'decoder', 1);
  requireInteger(owner, all, 'latentSize');
  requireInteger(owner, all, 'embeddingSize');
  requireOneOf(owner, all, 'objective', ['boundQuery', 'boundSupport', 'joint', 'pointwise']);
  requireNonNegative(owner, all, 'divergenceWeight');
  requireInteger(owner, all, 'trainSamples');
  requireInteger(owner, all, 'testSamples');
  return latentLearner({
    embedding: embeddingOf(all, all.embeddingSize),
    encoder: all.encoder,
    decoder: all.decoder,
    latentSize: all.latentSize,
    objective: all.objective,
    divergenceWeight: all.divergenceWeight,
    samples: { train: all.trainSamples, test: all.testSamples },
    noise: all.noise,
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
}

/** Options of `versa`. */
export type VersaOptions = BayesianOptions & {
  /** D, numbers in a feature, >= 1; of an image, where numbers are predicted. */
  readonly features: number;
  /** Hidden layers of the networks that give a class's weights, and of those that read and write where numbers are predicted. */
  readonly hidden: readonly number[];
  /** Numbers in ψ, what a task is reduced to, >= 1; where numbers are predicted. */
  readonly latentSize: number;
  readonly trainSamples: number;
  readonly testSamples: number;
};

/** 64 features, two hidden layers of 64, 16 numbers in ψ, ten samples. */
export const versaDefaults: VersaOptions = {
  ...bayesianDefaults,
  features: 64,
  hidden: [64, 64],
  latentSize: 16,
  trainSamples: 10,
  testSamples: 10,
};

/** VERSA where numbers are predicted: q(ψ | D) by an encoder of the set, a decoder p(y | x, ψ), no divergence. */
function versaForNumbers(all: VersaOptions): EpisodicLearner {
  return latentLearner({
    embedding: embeddingOf(all, all.features),
    encoder: all.hidden,
    decoder: all.hidden,
    latentSize: all.latentSize,
    objective: 'pointwise',
    divergenceWeight: 0,
    samples: { train: all.trainSamples, test: all.testSamples },
    noise: all.noise,
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
}

/**
 * VERSA: amortised inference of what is particular to a task, trained for −log of the mean over samples of p(y | x). For classes
 * it is a linear classifier on learned features, each class's weights read from that class alone; for numbers a vector ψ for a
 * decoder.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createVersa(options: PartialOptions<VersaOptions> = {}): EpisodicLearner {
  const owner = 'versa';
  const all = resolveBayesianOptions(owner, versaDefaults, options);
  requireInteger(owner, all, 'features');
  requireIntegers(owner, all, 'hidden', 1);
  requireInteger(owner, all, 'latentSize');
  requireInteger(owner, all, 'trainSamples');
  requireInteger(owner, all, 'testSamples');
  const forClasses = versaLearner({
    embedding: ({ input: { shape } }) =>
      networkFor(all.network, { inputShape: shape, outputSize: all.features }),
    features: all.features,
    hidden: all.hidden,
    samples: { train: all.trainSamples, test: all.testSamples },
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
  return byTarget(forClasses, versaForNumbers(all));
}

/** Options of `alpaca`. */
export type AlpacaOptions = BayesianOptions & {
  /** F, features of the linear regression, >= 1. */
  readonly features: number;
  /** First value > 0 of the prior precision's diagonal. */
  readonly priorPrecision: number;
  readonly horizon: 'random' | 'full';
};

/** The paper's three layers of 128 tanh units; 32 features. */
export const alpacaDefaults: AlpacaOptions = {
  ...bayesianDefaults,
  network: { ...bayesianDefaults.network, hidden: [128, 128, 128] },
  features: 32,
  priorPrecision: 1,
  horizon: 'random',
};

/**
 * ALPaCA: Bayesian linear regression on learned features, adapted in closed form.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createAlpaca(options: PartialOptions<AlpacaOptions> = {}): EpisodicLearner {
  const owner = 'alpaca';
  const all = resolveBayesianOptions(owner, alpacaDefaults, options);
  requireInteger(owner, all, 'features');
  requirePositive(owner, all, 'priorPrecision');
  requireOneOf(owner, all, 'horizon', ['random', 'full']);
  return alpacaLearner({
    model: ({ input: { shape } }) => networkFor(all.network, { inputShape: shape, outputSize: all.features }),
    features: all.features,
    priorPrecision: all.priorPrecision,
    noise: all.noise,
    horizon: all.horizon,
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
}
