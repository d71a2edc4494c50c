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
  createLaplaceMaml,
  createMamlEnsemble,
  createMetaRegularisedMaml,
  createPlatipus,
  ensembleDefaults,
  type GradientOptions,
  type LaplaceOptions,
  laplaceDefaults,
  type MetaRegularisedOptions,
  metaRegularisedDefaults,
  type ParticleOptions,
  type PlatipusOptions,
  platipusDefaults,
} from './create-gradient-learners.js';
export { type Fit, type FitOptions, fitParameters } from './engine/fit-parameters.js';
export {
  divergencePerTask,
  type GaussianTree,
  gaussianDivergence,
  sampleGaussianTree,
} from './engine/gaussian-trees.js';
export { likelihoodOf, type Noise } from './engine/likelihood.js';
export { repeatSamples, separateSamples } from './engine/sample-axis.js';
export { type SampledPredictive, sampledPredictive } from './engine/sampled-predictive.js';
export { type HierarchicalModel, logJoint } from './hierarchy/hierarchical-model.js';
export {
  expectedSquaredError,
  type GaussianPosterior,
  type LinearGaussianHierarchy,
  type LinearGaussianOptions,
  laplaceEvidence,
  linearGaussianDefaults,
  linearGaussianHierarchy,
  type StructureReport,
  structureOf,
} from './hierarchy/linear-gaussian.js';
export { type QuadraturePosterior, twoModeModel, twoModePosterior } from './hierarchy/two-mode-model.js';
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
  metaDivergence,
  type VariationalMetaOptions,
  type VariationalTheta,
  variationalMeta,
} from './meta-parameters/variational-meta.js';
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
export { type ChainDraws, type ChainOptions, drawChain } from './samplers/draw-chain.js';
export {
  type HamiltonianOptions,
  type HamiltonianTransition,
  hamiltonianStep,
  type LogDensity,
  leapfrog,
  type PhasePoint,
} from './samplers/hamiltonian.js';
export { langevinStep } from './samplers/langevin.js';
export {
  type Autoencoder,
  type AutoencoderOptions,
  type AutoencoderParameters,
  autoencoderDefaults,
  variationalAutoencoder,
} from './variational/autoencoder.js';
export {
  bestMeanField,
  evidenceBound,
  type LogJoint,
  type MeanField,
  meanFieldEntropy,
  reparameterized,
  type VariationalOptions,
  variationalStep,
} from './variational/evidence-bound.js';
export {
  locallyReparameterized,
  sampledOutputs,
  type VariationalNetworkOptions,
  variationalNetworkLoss,
  variationalWeights,
  weightDivergence,
} from './variational/variational-network.js';
export { VERSION } from './version.js';
export { type AmortisedParts, type AmortisedTheta, amortisedLearner } from './weights/amortised-learner.js';
export {
  headCurvature,
  type LaplaceParts,
  type LaplaceTheta,
  laplaceLearner,
} from './weights/laplace-learner.js';
export { type PlatipusParts, type PlatipusTheta, platipusLearner } from './weights/platipus-learner.js';
