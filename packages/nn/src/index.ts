export { createInitializer, type InitializerSpec } from './initializers/create-initializer.js';
export { glorotNormal, glorotUniform } from './initializers/glorot.js';
export { heNormal, heUniform } from './initializers/he.js';
export type { Fans, Initializer } from './initializers/initializer.js';
export { normal } from './initializers/normal.js';
export { truncatedNormal } from './initializers/truncated-normal.js';
export { uniform } from './initializers/uniform.js';
export { zeros } from './initializers/zeros.js';
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
export { type MlpOptions, mlp } from './models/mlp.js';
export type { ApplyContext, Model, Parameters } from './models/model.js';
