export {
  conditionRegression,
  observeItem,
  predictRegression,
  type RegressionBelief,
  type RegressionFilter,
  type RegressionPrediction,
  regressionFilter,
} from '@tasklearn/nn';
export { type Acquisition, acquisitionScores } from './active/acquisition.js';
export {
  type ActiveLearningOptions,
  type ActiveLearningResult,
  activeLearning,
} from './active/active-learning.js';
export { type ModeCoverage, modeCoverage } from './active/mode-coverage.js';
export { type BayesianOptions, bayesianDefaults } from './bayesian-options.js';
export {
  type AlpacaOptions,
  alpacaDefaults,
  createAlpaca,
  createNeuralProcess,
  createVersa,
  type LatentOptions,
  latentDefaults,
  type VersaOptions,
  versaDefaults,
} from './create-amortised-learners.js';
export {
  type AmortisedOptions,
  amortisedDefaults,
  bayesianMamlDefaults,
  createAmortisedBayesian,
  createBayesianMaml,
  createMamlEnsemble,
  createPlatipus,
  ensembleDefaults,
  type GradientOptions,
  type ParticleOptions,
  type PlatipusOptions,
  platipusDefaults,
} from './create-gradient-learners.js';
export {
  divergencePerTask,
  type GaussianTree,
  gaussianDivergence,
  sampleGaussianTree,
} from './engine/gaussian-trees.js';
export { likelihoodOf, type Noise } from './engine/likelihood.js';
export { repeatSamples, separateSamples } from './engine/sample-axis.js';
export { type SampledPredictive, sampledPredictive } from './engine/sampled-predictive.js';
export {
  type LatentLearnerParts,
  type LatentObjective,
  type LatentPosterior,
  type LatentTheta,
  latentLearner,
} from './latent/latent-learner.js';
export {
  type LinearPosterior,
  logitMoments,
  type VersaParts,
  type VersaTheta,
  versaLearner,
} from './latent/versa-learner.js';
export { type AlpacaParts, type AlpacaTheta, alpacaLearner, alpacaPrior } from './linear/alpaca-learner.js';
export {
  medianDistance,
  type ParticleKernel,
  radialKernel,
  squaredDistances,
  steinDirection,
} from './particles/kernel.js';
export {
  type ParticleLearnerParts,
  type ParticleObjective,
  type ParticleTheta,
  particleLearner,
} from './particles/particle-learner.js';
export { bayesianMetaPlugin } from './plugin.js';
export { VERSION } from './version.js';
export { type AmortisedParts, type AmortisedTheta, amortisedLearner } from './weights/amortised-learner.js';
export { type PlatipusParts, type PlatipusTheta, platipusLearner } from './weights/platipus-learner.js';
