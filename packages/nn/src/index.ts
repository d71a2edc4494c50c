export { type AutoregressiveOptions, autoregressive } from './distributions/autoregressive.js';
export { bernoulliDistribution } from './distributions/bernoulli-distribution.js';
export { categorical } from './distributions/categorical.js';
export { delta } from './distributions/delta.js';
export { gaussian } from './distributions/gaussian.js';
export { type GaussianMixtureParameters, gaussianMixture } from './distributions/gaussian-mixture.js';
export { type MixtureOfSamples, mixtureOfSamples } from './distributions/mixture-of-samples.js';
export { predictiveOf } from './distributions/predictive-of.js';
export { type TanhGaussian, tanhGaussian } from './distributions/tanh-gaussian.js';
export { partialGradients, totalGradients } from './gradients/bilevel-gradients.js';
export {
  checkGradients,
  type GradientCheck,
  type GradientCheckOptions,
} from './gradients/check-gradients.js';
export {
  disableHigherOrderGradients,
  enableHigherOrderGradients,
} from './gradients/enable-higher-order-gradients.js';
export { flattenPerTask, perTaskGradients } from './gradients/per-task-gradients.js';
export { hvp, jvp, vjp } from './gradients/products.js';
export { stopGradient } from './gradients/stop-gradient.js';
export { gradients, valueAndGradients } from './gradients/value-and-gradients.js';
export { createInitializer, type InitializerSpec } from './initializers/create-initializer.js';
export { glorotNormal, glorotUniform } from './initializers/glorot.js';
export { heNormal, heUniform } from './initializers/he.js';
export type { Fans, Initializer } from './initializers/initializer.js';
export { normal } from './initializers/normal.js';
export { truncatedNormal } from './initializers/truncated-normal.js';
export { uniform } from './initializers/uniform.js';
export { zeros } from './initializers/zeros.js';
export { type BatchNormalizeParameters, batchNormalize } from './kernels/batch-normalize.js';
export { channelAffine, channelDot, channelSum } from './kernels/channels.js';
export { type Conv2dOptions, conv2d } from './kernels/conv2d.js';
export { fromFeatureMaps, toFeatureMaps } from './kernels/feature-maps.js';
export { averagePool, maxPool, type PoolingOptions } from './kernels/pooling.js';
export type { Padding, Size } from './kernels/spatial-window.js';
export {
  type ActivationName,
  activationOf,
  elu,
  gelu,
  leakyRelu,
  relu,
  sigmoid,
  softplus,
  swish,
  tanh,
} from './layers/activations.js';
export { type DenseParameters, dense } from './layers/dense.js';
export { dropout } from './layers/dropout.js';
export { embedding } from './layers/embedding.js';
export { gruCell } from './layers/gru-cell.js';
export { type LayerNormParameters, layerNorm } from './layers/layer-norm.js';
export { lstmCell } from './layers/lstm-cell.js';
export type * from './layers/recurrent-cell.js';
export { rnnCell } from './layers/rnn-cell.js';
export { type Unrolled, type UnrollOptions, unrollCell } from './layers/unroll-cell.js';
export {
  conditionRegression,
  observeItem,
  predictRegression,
  type RegressionBelief,
  type RegressionFilter,
  type RegressionPrediction,
  regressionFilter,
} from './linear-algebra/bayesian-regression.js';
export {
  type BoxQuadraticProgramOptions,
  boxQuadraticProgram,
} from './linear-algebra/box-quadratic-program.js';
export { cholesky } from './linear-algebra/cholesky.js';
export { choleskySolve } from './linear-algebra/cholesky-solve.js';
export { type ConjugateGradientOptions, conjugateGradient } from './linear-algebra/conjugate-gradient.js';
export { logSumExp } from './linear-algebra/log-sum-exp.js';
export { type EigenPair, powerIteration } from './linear-algebra/power-iteration.js';
export { projectToSimplex } from './linear-algebra/project-to-simplex.js';
export { type RidgeOptions, ridge } from './linear-algebra/ridge.js';
export { type TriangularSolveOptions, triangularSolve } from './linear-algebra/triangular-solve.js';
export { accuracy } from './losses/accuracy.js';
export { bernoulli } from './losses/bernoulli.js';
export { crossEntropy } from './losses/cross-entropy.js';
export { gaussianNegativeLogLikelihood } from './losses/gaussian-negative-log-likelihood.js';
export { gaussianParametersOf } from './losses/gaussian-parameters-of.js';
export { huber } from './losses/huber.js';
export { lossOf } from './losses/loss-of.js';
export { meanOverItems } from './losses/mean-over-items.js';
export { meanSquaredError } from './losses/mean-squared-error.js';
export { oneHot } from './losses/one-hot.js';
export { outputSizeOf } from './losses/output-size-of.js';
export type { Normalization } from './models/convolution-block.js';
export { type ConvolutionalNetworkOptions, convolutionalNetwork } from './models/convolutional-network.js';
export { type MlpOptions, mlp } from './models/mlp.js';
export type { ApplyContext, Model, Parameters } from './models/model.js';
export {
  isConvolutional,
  isImageShape,
  type NetworkOptions,
  type NetworkSettings,
  networkDefaults,
  networkFor,
  validateNetworkOptions,
} from './models/network-options.js';
export { type AdagradOptions, type AdagradState, adagrad } from './optimizers/adagrad.js';
export { type AdamOptions, type AdamState, adam } from './optimizers/adam.js';
export { type AdamWOptions, adamW } from './optimizers/adam-w.js';
export { type AdamaxState, adamax } from './optimizers/adamax.js';
export { chain } from './optimizers/chain.js';
export { clipByGlobalNorm } from './optimizers/clip-by-global-norm.js';
export { clipByValue } from './optimizers/clip-by-value.js';
export { createOptimizer, type OptimizerSpec } from './optimizers/create-optimizer.js';
export { createSchedule, type ScheduleSpec } from './optimizers/create-schedule.js';
export { type MomentumOptions, type MomentumState, momentum } from './optimizers/momentum.js';
export { type OptimizerOptions, optimizerDefaults, optimizerFor } from './optimizers/optimizer-options.js';
export type { Rate, Schedule } from './optimizers/rate.js';
export { type RmsPropOptions, type RmsPropState, rmsProp } from './optimizers/rms-prop.js';
export { constant } from './optimizers/schedules/constant.js';
export { type CosineOptions, cosine } from './optimizers/schedules/cosine.js';
export { type ExponentialDecayOptions, exponentialDecay } from './optimizers/schedules/exponential-decay.js';
export {
  type SlantedTriangularOptions,
  slantedTriangular,
} from './optimizers/schedules/slanted-triangular.js';
export { type StepDecayOptions, stepDecay } from './optimizers/schedules/step-decay.js';
export { warmUp } from './optimizers/schedules/warm-up.js';
export { sgd } from './optimizers/sgd.js';
export { VERSION } from './version.js';
