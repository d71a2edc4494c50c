import {
  type EpisodeSpec,
  type EpisodicLearner,
  type LabelledSet,
  type PartialOptions,
  requireInteger,
  requirePositive,
  resolveOptions,
  TasklearnError,
} from '@tasklearn/core';
import {
  isConvolutional,
  lossOf,
  type Model,
  type NetworkOptions,
  networkDefaults,
  networkFor,
  type OptimizerOptions,
  oneHot,
  optimizerDefaults,
  optimizerFor,
  type Parameters,
  predictiveOf,
  ridge,
  validateNetworkOptions,
} from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';

/** Options of `ridge-head`. */
export type RidgeHeadOptions = {
  /** D, numbers in the embedding of a vector; a convolutional network's is filters times the pixels left. */
  readonly embeddingSize: number;
  /** λ > 0 at the start; it is meta-learned, as its logarithm. */
  readonly regularization: number;
  readonly network: NetworkOptions;
  readonly optimizer: OptimizerOptions;
};

/** Four convolutional blocks for images or 2 x 64 units for vectors, λ = 1, Adam at 0.001. */
export const ridgeHeadDefaults: RidgeHeadOptions = {
  embeddingSize: 64,
  regularization: 1,
  network: networkDefaults,
  optimizer: optimizerDefaults,
};

/** θ: the embedding, log λ, and the scale α and offset β that turn regressed labels into logits. */
type Theta = {
  readonly embedding: Parameters;
  readonly solver: {
    readonly logRegularization: tf.Tensor;
    readonly scale: tf.Tensor;
    readonly offset: tf.Tensor;
  };
};

/** φ: one weight matrix per task, [T, D + 1, N]. */
type Phi = { readonly weights: tf.Tensor };

/** Embeddings with a column of ones for the bias, [T, B, D + 1]. */
function features(model: Model, theta: Theta, inputs: tf.Tensor): tf.Tensor {
  const embedded = model.apply(theta.embedding, inputs);
  const [tasks = 1, items = 1] = embedded.shape;
  return tf.concat([embedded, tf.ones([tasks, items, 1])], -1);
}

/** What is regressed, Y [T, S, N]: one-hot labels, or the targets themselves, flat. */
function regressed({ targets }: LabelledSet, spec: EpisodeSpec): tf.Tensor {
  if (spec.target.kind === 'classification') return oneHot(targets, spec.ways ?? spec.target.classes);
  const [tasks = 1, items = 1] = targets.shape;
  return targets.reshape([tasks, items, -1]);
}

/** φ: W = argmin ‖f_θ(X) W − Y‖² + λ ‖W‖², in closed form. */
function solve(model: Model, theta: Theta, support: LabelledSet, spec: EpisodeSpec): Phi {
  const { logRegularization } = theta.solver;
  const { mask } = support;
  const x = features(model, theta, support.inputs);
  return { weights: ridge(x, regressed(support, spec), tf.exp(logRegularization), mask && { mask }) };
}

/** α f_θ(x) W + β for a classification, f_θ(x) W for a regression: [T, Q, N]. */
function outputs(
  model: Model,
  theta: Theta,
  { weights }: Phi,
  inputs: tf.Tensor,
  spec: EpisodeSpec,
): tf.Tensor {
  const predicted = tf.matMul(features(model, theta, inputs), weights);
  if (spec.target.kind === 'regression') {
    const [tasks = 1, items = 1] = predicted.shape;
    return predicted.reshape([tasks, items, ...spec.target.shape]);
  }
  return predicted.mul(theta.solver.scale).add(theta.solver.offset);
}

function refuseSpread(spec: EpisodeSpec): void {
  if (spec.loss !== 'gaussian' && spec.loss !== 'bernoulli') return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `ridge-head: fits targets by least squares and has no outputs for the loss '${spec.loss}'. Use crossEntropy or meanSquaredError.`,
    { loss: spec.loss },
  );
}

/**
 * A ridge regression on the embedded support set, solved in closed form and differentiated through (R2-D2).
 *
 * W = Xᵀ (X Xᵀ + λ I)⁻¹ Y with X = [f_θ(x_i), 1], and logits α f_θ(x) W + β; f, λ, α and β are meta-learned.
 *
 * @param options - those given; the rest are {@link ridgeHeadDefaults}.
 * @throws `INVALID_OPTION` for an unknown key or a value out of range; the learner's `init` throws `UNSUPPORTED_TASK` for
 * a loss that needs a spread.
 * @see Bertinetto, Henriques, Torr, Vedaldi. Meta-learning with differentiable closed-form solvers. ICLR 2019. arXiv:1805.08136.
 */
export function createRidgeHead(options: PartialOptions<RidgeHeadOptions> = {}): EpisodicLearner {
  const all = resolveOptions('ridge-head', ridgeHeadDefaults, options);
  requireInteger('ridge-head', all, 'embeddingSize', 1);
  requirePositive('ridge-head', all, 'regularization');
  validateNetworkOptions('ridge-head', all.network);
  const modelOf = ({ input: { shape } }: EpisodeSpec): Model =>
    networkFor(all.network, {
      inputShape: shape,
      outputSize: isConvolutional(all.network, shape) ? undefined : all.embeddingSize,
    });
  const learner: EpisodicLearner<Theta, Phi> = {
    kind: 'episodic',
    init(spec, rng) {
      refuseSpread(spec);
      const logRegularization = tf.scalar(Math.log(all.regularization));
      const solver = { logRegularization, scale: tf.scalar(1), offset: tf.scalar(0) };
      return { embedding: modelOf(spec).init(rng.split('embedding')), solver };
    },
    metaLoss(theta, { support, query }, _rng, spec) {
      const model = modelOf(spec);
      const phi = solve(model, theta, support.labelled, spec);
      const losses = lossOf(spec)(outputs(model, theta, phi, query.inputs, spec), query.targets, query.mask); // [T]
      return {
        loss: tf.mean(losses) as tf.Scalar,
        metrics: { regularization: tf.exp(theta.solver.logRegularization) as tf.Scalar },
      };
    },
    optimizer: optimizerFor(all.optimizer),
    adapt: (theta, support, _rng, spec) => solve(modelOf(spec), theta, support.labelled, spec),
    predict: (theta, phi, inputs, _rng, spec) =>
      predictiveOf(spec, outputs(modelOf(spec), theta, phi, inputs, spec)),
  };
  return learner as unknown as EpisodicLearner;
}
