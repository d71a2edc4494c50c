import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { EpisodicLearner, GradientTransformation, PredictiveDistribution } from '../index.js';
import { momentum } from './toy-optimizers.js';

type Line = { slope: Tensor; intercept: Tensor };

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** N(mean, 1) with mean [T, Q, 1]. */
function unitGaussian(mean: Tensor): PredictiveDistribution {
  return {
    family: 'gaussian',
    parameters: { mean },
    mean: () => mean,
    logProbability: (targets) =>
      tf.sub(-0.5 * LOG_TWO_PI, tf.mul(0.5, tf.sum(tf.square(tf.sub(targets, mean)), -1))),
    sample: (rng) => tf.add(mean, rng.normal(mean.shape)),
  };
}

/** Class probabilities from logits [T, Q, N]. */
function categorical(logits: Tensor): PredictiveDistribution {
  const log = tf.sub(logits, tf.logSumExp(logits, -1, true));
  const ways = logits.shape[2] as number;
  return {
    family: 'categorical',
    parameters: { logits },
    mean: () => tf.exp(log),
    logProbability: (targets) =>
      tf.sum(tf.mul(log, tf.oneHot(tf.cast(targets, 'int32') as tf.Tensor2D, ways)), -1),
    sample: () => tf.argMax(logits, -1),
    entropy: () => tf.neg(tf.sum(tf.mul(tf.exp(log), log), -1)),
  };
}

/** MAML on y = a·x + b: φ = θ − 0.3 ∇ L(θ), with the inner gradient written out so that no op needs repair. */
export function gradientStepLearner(
  optimizer: GradientTransformation = momentum(0.02),
): EpisodicLearner<Line, Line> {
  const line = ({ slope, intercept }: Line, x: Tensor) => tf.add(tf.mul(slope, x), intercept); // [T, B, 1]
  const learner: EpisodicLearner<Line, Line> = {
    kind: 'episodic',
    optimizer,
    init: (_spec, rng) => ({
      slope: tf.add(3, rng.split('slope').normal([1, 1, 1])),
      intercept: tf.zeros([1, 1, 1]),
    }),
    adapt: (theta, { labelled: { inputs, targets } }) => {
      const error = tf.sub(line(theta, inputs), targets);
      const step = (gradient: Tensor) => tf.mul(0.6, tf.mean(gradient, 1, true));
      return {
        slope: tf.sub(theta.slope, step(tf.mul(error, inputs))), // [T, 1, 1]
        intercept: tf.sub(theta.intercept, step(error)), // [T, 1, 1]
      };
    },
    predict: (_theta, phi, inputs) => unitGaussian(line(phi, inputs)),
    metaLoss: (theta, { support, query }, rng, spec) => {
      const phi = learner.adapt(theta, support, rng, spec);
      const jitter = tf.mul(0.01, rng.split('jitter').normal(query.targets.shape)); // So that noise is used.
      const loss = tf.mean(
        tf.square(tf.sub(line(phi, query.inputs), tf.add(query.targets, jitter))),
      ) as Scalar;
      const before = tf.mean(tf.square(tf.sub(line(theta, query.inputs), query.targets))) as Scalar;
      return { loss, metrics: { before, after: loss } };
    },
  };
  return learner;
}

/** Prototypes after a learned scaling of both axes. */
export function prototypeLearner(): EpisodicLearner<
  { scale: Tensor; unused: Tensor },
  { prototypes: Tensor }
> {
  type Theta = { scale: Tensor; unused: Tensor };
  const learner: EpisodicLearner<Theta, { prototypes: Tensor }> = {
    kind: 'episodic',
    optimizer: momentum(0.02),
    init: () => ({ scale: tf.tensor1d([0.3, 0.3]), unused: tf.ones([2]) }),
    adapt: ({ scale }, { labelled: { inputs, targets } }, _rng, spec) => {
      const ways = spec.ways as number;
      const member = tf.transpose(tf.oneHot(tf.cast(targets, 'int32') as tf.Tensor2D, ways), [0, 2, 1]); // [T, N, S]
      const sums = tf.matMul(tf.cast(member, 'float32') as tf.Tensor3D, tf.mul(inputs, scale) as tf.Tensor3D);
      return { prototypes: tf.div(sums, tf.maximum(1, tf.sum(member, 2, true))) }; // [T, N, 2]
    },
    predict: ({ scale }, { prototypes }, inputs) => {
      const difference = tf.sub(tf.expandDims(tf.mul(inputs, scale), 2), tf.expandDims(prototypes, 1));
      return categorical(tf.neg(tf.sum(tf.square(difference), -1))); // [T, Q, N]
    },
    metaLoss: (theta, { support, query }, rng, spec) => {
      const phi = learner.adapt(theta, support, rng, spec);
      const prediction = learner.predict(theta, phi, query.inputs, rng, spec);
      const loss = tf.neg(tf.mean(prediction.logProbability(query.targets))) as Scalar;
      return { loss, metrics: {} };
    },
  };
  return learner;
}

/** Black-box: a linear read-out of the support's mean embedding (x, y, x·y, x²). θ ← θ + outer gradient of its own. */
export function meanEmbeddingLearner(): EpisodicLearner<{ readout: Tensor }, { embedding: Tensor }> {
  type Theta = { readout: Tensor };
  const error = (theta: Theta, embedding: Tensor, x: Tensor, y: Tensor) =>
    tf.sub(output(theta, embedding, x), y) as tf.Tensor3D; // [T, Q, 1]
  const features = (embedding: Tensor, x: Tensor) =>
    tf.concat([tf.mul(embedding, tf.onesLike(x)), tf.mul(embedding, x)], 2) as tf.Tensor3D; // [T, Q, 8]
  const output = ({ readout }: Theta, embedding: Tensor, x: Tensor) =>
    tf.sum(tf.mul(features(embedding, x), readout), 2, true);
  const learner: EpisodicLearner<Theta, { embedding: Tensor }> = {
    kind: 'episodic',
    optimizer: momentum(0.05),
    init: () => ({ readout: tf.zeros([8]) }),
    adapt: (_theta, { labelled: { inputs: x, targets: y } }) => ({
      embedding: tf.mean(tf.concat([x, y, tf.mul(x, y), tf.square(x)], 2), 1, true), // [T, 1, 4]
    }),
    predict: (theta, { embedding }, inputs) => unitGaussian(output(theta, embedding, inputs)),
    metaGradient: (theta, { support, query }, rng, spec) => {
      const { embedding } = learner.adapt(theta, support, rng, spec);
      const residual = error(theta, embedding, query.inputs, query.targets);
      const gradient = tf.mean(tf.mul(residual, features(embedding, query.inputs)), [0, 1]); // [8]
      return {
        gradient: { readout: gradient },
        metrics: { squaredError: tf.mean(tf.square(residual)) as Scalar },
      };
    },
  };
  return learner;
}

/** Predicts the mean of the support targets; nothing to train. */
export function untrainedLearner(): EpisodicLearner<Record<string, never>, { mean: Tensor }> {
  return {
    kind: 'episodic',
    init: () => ({}),
    adapt: (_theta, { labelled }) => ({ mean: tf.mean(labelled.targets, 1, true) }), // [T, 1, 1]
    predict: (_theta, { mean }, inputs) => unitGaussian(tf.add(tf.mul(inputs, 0), mean)),
  };
}
