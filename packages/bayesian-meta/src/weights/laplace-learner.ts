import type { EpisodeSpec, EpisodicLearner, GradientTransformation, LabelledSet, Rng } from '@tasklearn/core';
import { cholesky, type Model, type Parameters, triangularSolve } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { descend } from '../engine/inner-descent.js';
import { initialNoise, likelihoodOf, meanNegativeLogLikelihood, type Noise } from '../engine/likelihood.js';
import { repeatSamples, repeatTreeSamples, spreadOverTasks } from '../engine/sample-axis.js';
import { sampledPredictive } from '../engine/sampled-predictive.js';

/** What MAML with a Laplace approximation is made of. */
export interface LaplaceParts {
  /** The network of episodes of a spec; its last layer is `head`. */
  readonly model: (spec: EpisodeSpec) => Model;
  readonly steps: { readonly train: number; readonly test: number };
  readonly rate: number;
  /** λ > 0, precision of the prior over the last layer around θ. */
  readonly priorPrecision: number;
  /** η >= 0, factor of log det Ĥ, per query item; ½ is Laplace's. */
  readonly curvatureWeight: number;
  /** Samples of the last layer at meta-test. */
  readonly samples: number;
  readonly noise: number;
  readonly optimizer: GradientTransformation;
}

/** θ. */
export type LaplaceTheta = { readonly start: Parameters; readonly noise: Noise };

/** φ̂ with the curvature of the last layer: a Cholesky factor of Ĥ for each output, [T · D, F + 1, F + 1]. */
type LaplacePhi = { readonly phi: Parameters; readonly factor: Tensor };

/** Inputs of the last layer with a 1 for its bias, [T, B, F + 1]: the network with a head that copies. */
function headInputs(model: Model, phi: Parameters, inputs: Tensor): Tensor {
  const { weight } = phi.head as { readonly weight: Tensor };
  const [tasks, size] = weight.shape as [number, number, number];
  const copy = {
    weight: tf
      .eye(size)
      .expandDims(0)
      .add(tf.zeros([tasks, 1, 1])),
    bias: tf.zeros([tasks, size]),
  };
  const features = model.apply({ ...phi, head: copy }, inputs);
  return tf.concat([features, tf.ones([...features.shape.slice(0, 2), 1])], 2);
}

/** Curvature of −log p(y | o) in each output o, [T, B, D]: 1/σ² for numbers, p (1 − p) for classes. */
function outputCurvature(spec: EpisodeSpec, outputs: Tensor, noise: Noise): Tensor {
  if (spec.target.kind === 'classification') {
    const p = tf.softmax(outputs);
    return p.mul(tf.sub(1, p));
  }
  const precision = noise.logDeviation === undefined ? tf.scalar(1) : tf.exp(noise.logDeviation.mul(-2));
  return tf.onesLike(outputs).mul(precision);
}

/**
 * Ĥ = λ I + Σ h hᵀ c(o) for each output: the Gauss-Newton curvature of the last layer, outputs apart.
 *
 * @param features - h, [T, B, F].
 * @param curvature - c, [T, B, D].
 * @returns [T, D, F, F].
 */
export function headCurvature(
  features: Tensor,
  curvature: Tensor,
  priorPrecision: number,
  mask?: Tensor,
): Tensor {
  const counted = mask === undefined ? curvature : curvature.mul(mask.expandDims(2));
  const weighted = features.expandDims(1).mul(tf.transpose(counted, [0, 2, 1]).expandDims(3)); // [T, D, B, F]
  const [, outputs] = weighted.shape as [number, number];
  const repeated = features.expandDims(1).add(tf.zeros([1, outputs, 1, 1]));
  const size = features.shape[2] as number;
  return tf.matMul(weighted, repeated, true, false).add(tf.eye(size).mul(priorPrecision));
}

/** Samples of the last layer, ŵ + L⁻ᵀ ε with Ĥ = L Lᵀ: φ with leaves [T · S, ...]. */
function sampleHead({ phi, factor }: LaplacePhi, samples: number, rng: Rng): Parameters {
  const repeated = repeatTreeSamples(phi, samples) as Parameters;
  const { weight, bias } = repeated.head as { readonly weight: Tensor; readonly bias: Tensor };
  const [all, size, outputs] = weight.shape as [number, number, number];
  const tasks = all / samples;
  const noise = rng.normal([tasks * outputs, size + 1, samples]);
  const offsets = triangularSolve(factor, noise, { transposed: true }); // [T · D, F + 1, S]
  const arranged = tf
    .transpose(offsets.reshape([tasks, outputs, size + 1, samples]), [0, 3, 2, 1])
    .reshape([all, size + 1, outputs]);
  return {
    ...repeated,
    head: {
      weight: weight.add(tf.slice(arranged, [0, 0, 0], [all, size, outputs])),
      bias: bias.add(tf.slice(arranged, [0, size, 0], [all, 1, outputs]).reshape([all, outputs])),
    },
  };
}

/**
 * MAML read as empirical Bayes, with Laplace's approximation (LLAMA): k gradient steps give the mode φ̂, the curvature Ĥ there a Gaussian
 * N(φ̂, Ĥ⁻¹), and meta-training minimises −log p(query | φ̂) + η log det Ĥ. The curvature is that of the last layer, by Gauss and Newton.
 *
 * @see Grant, Finn, Levine, Darrell, Griffiths. Recasting Gradient-Based Meta-Learning as Hierarchical Bayes. ICLR 2018.
 * arXiv:1801.08930.
 */
export function laplaceLearner(parts: LaplaceParts): EpisodicLearner<LaplaceTheta, LaplacePhi> {
  const { steps, rate, samples } = parts;
  const adapt = (theta: LaplaceTheta, support: LabelledSet, spec: EpisodeSpec, count: number): LaplacePhi => {
    const model = parts.model(spec);
    const start = spreadOverTasks(theta.start, support.inputs.shape[0] as number);
    const phi = descend(model, spec, start, support, { steps: count, rate });
    const curvature = outputCurvature(spec, model.apply(phi, support.inputs), theta.noise);
    const hessian = headCurvature(
      headInputs(model, phi, support.inputs),
      curvature,
      parts.priorPrecision,
      support.mask,
    );
    const [tasks, outputs, size] = hessian.shape as [number, number, number, number];
    return { phi, factor: cholesky(hessian.reshape([tasks * outputs, size, size])) };
  };
  return {
    kind: 'episodic',
    init: (spec, rng) => ({ start: parts.model(spec).init(rng), noise: initialNoise(spec, parts.noise) }),
    metaLoss(theta, { support, query }, _rng, spec) {
      const { phi, factor } = adapt(theta, support.labelled, spec, steps.train);
      const each = likelihoodOf(spec, parts.model(spec).apply(phi, query.inputs), theta.noise);
      const fit = tf.mean(meanNegativeLogLikelihood(each, query));
      const [tasks, items] = query.targets.shape as [number, number];
      const diagonal = tf.sum(factor.mul(tf.eye(factor.shape[1] as number)), 2);
      const logDeterminant = tf.sum(tf.log(diagonal)).mul(2 / tasks); // mean over tasks of Σ over outputs
      const loss = fit.add(logDeterminant.mul(parts.curvatureWeight / items)) as Scalar;
      return { loss, metrics: { queryLoss: fit as Scalar, logDeterminant: logDeterminant as Scalar } };
    },
    optimizer: parts.optimizer,
    adapt: (theta, support, _rng, spec) => adapt(theta, support.labelled, spec, steps.test),
    predict(theta, phi, inputs, rng, spec) {
      const model = parts.model(spec);
      const sampled = sampleHead(phi, samples, rng.split('head'));
      return sampledPredictive(
        likelihoodOf(spec, model.apply(sampled, repeatSamples(inputs, samples)), theta.noise),
        samples,
      );
    },
  };
}
