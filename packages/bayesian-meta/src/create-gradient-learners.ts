import {
  type EpisodicLearner,
  type PartialOptions,
  requireInteger,
  requireNonNegative,
  requireOneOf,
  requirePositive,
  TasklearnError,
} from '@tasklearn/core';
import { optimizerFor } from '@tasklearn/nn';
import {
  type BayesianOptions,
  bayesianDefaults,
  networkOf,
  resolveBayesianOptions,
} from './bayesian-options.js';
import { variationalMeta } from './meta-parameters/variational-meta.js';
import { type ParticleObjective, particleLearner } from './particles/particle-learner.js';
import { amortisedLearner } from './weights/amortised-learner.js';
import { laplaceLearner } from './weights/laplace-learner.js';
import { platipusLearner } from './weights/platipus-learner.js';

/** Options of learners that adapt by gradient steps. */
export type GradientOptions = BayesianOptions & {
  /** α > 0, the rate of an inner step. */
  readonly innerLearningRate: number;
  /** Inner steps while meta-training, >= 0. */
  readonly innerSteps: number;
  /** Inner steps at meta-test, >= 0. */
  readonly testSteps: number;
};

const gradientDefaults: GradientOptions = {
  ...bayesianDefaults,
  innerLearningRate: 0.01,
  innerSteps: 1,
  testSteps: 3,
};

function requireSteps(owner: string, options: GradientOptions): void {
  requirePositive(owner, options, 'innerLearningRate');
  requireInteger(owner, options, 'innerSteps', 0);
  requireInteger(owner, options, 'testSteps', 0);
}

/** A finite number of any sign. @throws `INVALID_OPTION`. */
function requireFinite(owner: string, key: string, value: number): void {
  if (Number.isFinite(value)) return;
  throw new TasklearnError(
    'INVALID_OPTION',
    `${owner}: option \`${key}\` must be a finite number, got ${value}.`,
    { owner, key, expected: 'a finite number', received: value },
  );
}

/** Options of `maml-ensemble` and `bayesian-maml`. */
export type ParticleOptions = GradientOptions & {
  /** M, particles per task, >= 1. */
  readonly particles: number;
  readonly objective: ParticleObjective;
  /** Whether every member meets its own resample of the tasks; `each` only. */
  readonly bootstrap: boolean;
  /** λ >= 0 of the prior N(0, 1/λ) over weights; `bayesian-maml` only. */
  readonly priorPrecision: number;
  /** s >= 1, further steps of the leader; `chaser` only. */
  readonly leaderSteps: number;
};

/** Five members, each its own MAML learner. */
export const ensembleDefaults: ParticleOptions = {
  ...gradientDefaults,
  particles: 5,
  objective: 'each',
  bootstrap: false,
  priorPrecision: 0.01,
  leaderSteps: 1,
};

/** Ten particles that SVGD moves, trained for the mixture; a smaller rate, for it multiplies a sum over items. */
export const bayesianMamlDefaults: ParticleOptions = {
  ...ensembleDefaults,
  particles: 10,
  innerLearningRate: 0.001,
  objective: 'mixture',
};

function createParticles(
  owner: string,
  update: 'independent' | 'stein',
  defaults: ParticleOptions,
  options: PartialOptions<ParticleOptions>,
): EpisodicLearner {
  const all = resolveBayesianOptions(owner, defaults, options);
  requireSteps(owner, all);
  requireInteger(owner, all, 'particles');
  requireOneOf(owner, all, 'objective', ['each', 'mixture', 'chaser']);
  requireNonNegative(owner, all, 'priorPrecision');
  requireInteger(owner, all, 'leaderSteps');
  return particleLearner({
    model: networkOf(all),
    particles: all.particles,
    update,
    objective: all.objective,
    steps: { train: all.innerSteps, test: all.testSteps },
    leaderSteps: all.leaderSteps,
    rate: all.innerLearningRate,
    priorPrecision: all.priorPrecision,
    bootstrap: all.bootstrap,
    noise: all.noise,
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
}

/**
 * An ensemble of MAML learners: M starting points, M solutions, the mean of their predictions.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createMamlEnsemble(options: PartialOptions<ParticleOptions> = {}): EpisodicLearner {
  return createParticles('maml-ensemble', 'independent', ensembleDefaults, options);
}

/**
 * Bayesian MAML: M particles that Stein variational gradient descent moves towards each task's posterior.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createBayesianMaml(options: PartialOptions<ParticleOptions> = {}): EpisodicLearner {
  return createParticles('bayesian-maml', 'stein', bayesianMamlDefaults, options);
}

/** Options of `platipus`. */
export type PlatipusOptions = GradientOptions & {
  /** w >= 0, factor of KL(q ‖ p). */
  readonly divergenceWeight: number;
  readonly prior: 'adapted' | 'plain';
  /** First value of log σ of both Gaussians. */
  readonly logDeviation: number;
  /** First value of γ_p and γ_q, >= 0. */
  readonly shift: number;
  /** Samples of θ per task while meta-training, >= 1. */
  readonly trainSamples: number;
  /** Samples of θ per task at meta-test, >= 1. */
  readonly testSamples: number;
};

/** Five steps, one sample while training and ten at meta-test; log σ = −4. */
export const platipusDefaults: PlatipusOptions = {
  ...gradientDefaults,
  innerSteps: 5,
  testSteps: 5,
  divergenceWeight: 0.1,
  prior: 'adapted',
  logDeviation: -4,
  shift: 0.01,
  trainSamples: 1,
  testSamples: 10,
};

/**
 * Probabilistic MAML.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createPlatipus(options: PartialOptions<PlatipusOptions> = {}): EpisodicLearner {
  const owner = 'platipus';
  const all = resolveBayesianOptions(owner, platipusDefaults, options);
  requireSteps(owner, all);
  requireNonNegative(owner, all, 'divergenceWeight');
  requireOneOf(owner, all, 'prior', ['adapted', 'plain']);
  requireFinite(owner, 'logDeviation', all.logDeviation);
  requireNonNegative(owner, all, 'shift');
  requireInteger(owner, all, 'trainSamples');
  requireInteger(owner, all, 'testSamples');
  return platipusLearner({
    model: networkOf(all),
    steps: { train: all.innerSteps, test: all.testSteps },
    rate: all.innerLearningRate,
    divergenceWeight: all.divergenceWeight,
    samples: { train: all.trainSamples, test: all.testSamples },
    prior: all.prior,
    logDeviation: all.logDeviation,
    shift: all.shift,
    noise: all.noise,
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
}

/** Options of `amortised-bayesian`. */
export type AmortisedOptions = GradientOptions & {
  /** β >= 0, factor of KL(q ‖ p). */
  readonly divergenceWeight: number;
  readonly outerData: 'both' | 'query';
  /** Factor of −log p(θ), >= 0. */
  readonly hyperPriorWeight: number;
  /** First value of log σ_θ. */
  readonly logDeviation: number;
  readonly trainSamples: number;
  readonly testSamples: number;
};

/** Five steps, five samples while training and ten at meta-test; log σ = −3. */
export const amortisedDefaults: AmortisedOptions = {
  ...gradientDefaults,
  innerSteps: 5,
  testSteps: 5,
  divergenceWeight: 0.1,
  outerData: 'both',
  hyperPriorWeight: 1e-5,
  logDeviation: -3,
  trainSamples: 5,
  testSamples: 10,
};

/**
 * Amortised Bayesian meta-learning: a Gaussian over weights per task, by gradient steps on its variational bound.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createAmortisedBayesian(options: PartialOptions<AmortisedOptions> = {}): EpisodicLearner {
  const owner = 'amortised-bayesian';
  const all = resolveBayesianOptions(owner, amortisedDefaults, options);
  requireSteps(owner, all);
  requireNonNegative(owner, all, 'divergenceWeight');
  requireOneOf(owner, all, 'outerData', ['both', 'query']);
  requireNonNegative(owner, all, 'hyperPriorWeight');
  requireFinite(owner, 'logDeviation', all.logDeviation);
  requireInteger(owner, all, 'trainSamples');
  requireInteger(owner, all, 'testSamples');
  return amortisedLearner({
    model: networkOf(all),
    steps: { train: all.innerSteps, test: all.testSteps },
    rate: all.innerLearningRate,
    divergenceWeight: all.divergenceWeight,
    samples: { train: all.trainSamples, test: all.testSamples },
    outerData: all.outerData,
    hyperPriorWeight: all.hyperPriorWeight,
    logDeviation: all.logDeviation,
    noise: all.noise,
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
}

/** Options of `laplace-maml`. */
export type LaplaceOptions = GradientOptions & {
  /** λ > 0, precision of the prior over the last layer. */
  readonly priorPrecision: number;
  /** η >= 0, factor of log det Ĥ. */
  readonly curvatureWeight: number;
  /** Samples of the last layer at meta-test, >= 1. */
  readonly testSamples: number;
};

/** Five steps, λ = 1, η = 0.001, ten samples. */
export const laplaceDefaults: LaplaceOptions = {
  ...gradientDefaults,
  innerSteps: 5,
  testSteps: 5,
  priorPrecision: 1,
  curvatureWeight: 1e-3,
  testSamples: 10,
};

/**
 * MAML with Laplace's approximation around its solution.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createLaplaceMaml(options: PartialOptions<LaplaceOptions> = {}): EpisodicLearner {
  const owner = 'laplace-maml';
  const all = resolveBayesianOptions(owner, laplaceDefaults, options);
  requireSteps(owner, all);
  requirePositive(owner, all, 'priorPrecision');
  requireNonNegative(owner, all, 'curvatureWeight');
  requireInteger(owner, all, 'testSamples');
  return laplaceLearner({
    model: networkOf(all),
    steps: { train: all.innerSteps, test: all.testSteps },
    rate: all.innerLearningRate,
    priorPrecision: all.priorPrecision,
    curvatureWeight: all.curvatureWeight,
    samples: all.testSamples,
    noise: all.noise,
    optimizer: optimizerFor(all.optimizer),
  }) as unknown as EpisodicLearner;
}

/** Options of `meta-regularised-maml`. */
export type MetaRegularisedOptions = GradientOptions & {
  /** β >= 0, factor of KL(q(θ) ‖ N(0, I)), which is summed over all weights. */
  readonly divergenceWeight: number;
  /** First value of log σ of q(θ). */
  readonly logDeviation: number;
  /** Samples of θ at meta-test; 0 predicts from the mean of q(θ). */
  readonly testSamples: number;
};

/** β = 0.0001, log σ = −3; predictions from the mean. */
export const metaRegularisedDefaults: MetaRegularisedOptions = {
  ...gradientDefaults,
  divergenceWeight: 1e-4,
  logDeviation: -3,
  testSamples: 0,
};

/**
 * MAML whose starting point is itself uncertain, at a price: tasks are not to be remembered in it.
 *
 * @throws `INVALID_OPTION` for an unknown key or a value out of range.
 */
export function createMetaRegularisedMaml(
  options: PartialOptions<MetaRegularisedOptions> = {},
): EpisodicLearner {
  const owner = 'meta-regularised-maml';
  const all = resolveBayesianOptions(owner, metaRegularisedDefaults, options);
  requireNonNegative(owner, all, 'divergenceWeight');
  requireFinite(owner, 'logDeviation', all.logDeviation);
  requireInteger(owner, all, 'testSamples', 0);
  const { divergenceWeight, logDeviation, testSamples, ...gradient } = all;
  return variationalMeta(
    createParticles(owner, 'independent', ensembleDefaults, { ...gradient, particles: 1 }),
    {
      select: (path) => path.startsWith('members/'),
      divergenceWeight,
      logDeviation,
      testSamples,
    },
  );
}
