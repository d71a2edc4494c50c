import {
  type EpisodeSpec,
  type EpisodicLearner,
  type Rng,
  requirePositive,
  type Support,
  TasklearnError,
} from '@tasklearn/core';
import { accuracy, crossEntropy, enableHigherOrderGradients, predictiveOf } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ClassState, MetricLearnerParts, MetricParameters } from './metric-learner-parts.js';

/** An episodic learner that compares queries with what it remembers of the support set. */
export interface MetricLearner extends EpisodicLearner<MetricParameters, ClassState> {
  /** [T, B, ...] to [T, B, d]. */
  embed(theta: MetricParameters, inputs: Tensor, spec: EpisodeSpec): Tensor;
  /** Similarity of each query item to each centre, [T, Q, C]. */
  similarities(theta: MetricParameters, phi: ClassState, inputs: Tensor, spec: EpisodeSpec): Tensor;
}

/**
 * The one engine of metric-based meta-learning: embed, let items see each other, build a class model, refine it, compare, read
 * out. No gradient is taken at meta-test. Every learner of this package is a choice of these parts.
 *
 * ```text
 * repeat: sample tasks with disjoint support and query
 *   φ = refine(classModel(context(f_θ(x_S)), y_S))          # e.g. class means
 *   p(y | x) = readout(similarity(f_θ(x), φ) / temperature)
 *   θ ← optimizer(θ, ∇_θ mean −log p(y_Q | x_Q))
 * ```
 *
 * @throws `INVALID_OPTION` for a temperature that is not > 0; the learner throws `UNSUPPORTED_TASK` for regression.
 * @see Snell, Swersky, Zemel. Prototypical Networks for Few-shot Learning. NeurIPS 2017, Algorithm 1. arXiv:1703.05175.
 */
export function metricLearner(parts: MetricLearnerParts): MetricLearner {
  requirePositive('metricLearner', parts as { temperature: number }, 'temperature');
  const { embed, optimizer } = parts;
  const embedded = (theta: MetricParameters, inputs: Tensor, spec: EpisodeSpec) =>
    embed.apply(theta.embed, inputs, spec); // [T, B, d]

  const learner: MetricLearner = {
    kind: 'episodic',
    init(spec, rng) {
      classesOf(spec);
      return initialise(parts, spec, rng);
    },
    adapt: (theta, support, _rng, spec) =>
      remember(parts, theta, embedded(theta, support.labelled.inputs, spec), support, spec),
    predict: (theta, phi, inputs, _rng, spec) =>
      predictiveOf(spec, logitsOf(parts, theta, phi, embedded(theta, inputs, spec))),
    embed: embedded,
    similarities: (theta, phi, inputs, spec) => compare(parts, theta, phi, embedded(theta, inputs, spec)),
  };
  if (optimizer === undefined) return learner;
  enableHigherOrderGradients();
  return {
    ...learner,
    optimizer,
    metaLoss(theta, { support, query }, _rng, spec) {
      const [hs, hq] = embedBoth(parts, theta, support.labelled.inputs, query.inputs, spec);
      const logits = logitsOf(parts, theta, remember(parts, theta, hs, support, spec), hq); // [T, Q, N]
      return {
        loss: tf.mean(crossEntropy(logits, query.targets, query.mask)).asScalar(), // [T] -> []
        metrics: { accuracy: tf.mean(accuracy(logits, query.targets, query.mask)).asScalar() },
      };
    },
  };
}

function initialise(parts: MetricLearnerParts, spec: EpisodeSpec, rng: Rng): MetricParameters {
  const embed = parts.embed.init?.(spec, rng.split('embed'));
  const context = parts.context?.init?.(spec, rng.split('context'));
  const refine = parts.refine?.init?.(spec, rng.split('refine'));
  const similarity = parts.similarity.init?.(spec, rng.split('similarity'));
  return {
    ...(embed && { embed }),
    ...(context && { context }),
    ...(refine && { refine }),
    ...(similarity && { similarity }),
  };
}

/** Support [T, S, ...] and query [T, Q, ...] to vectors, in one pass or in two. */
function embedBoth(
  { embed, jointEmbedding }: MetricLearnerParts,
  theta: MetricParameters,
  support: Tensor,
  query: Tensor,
  spec: EpisodeSpec,
): readonly [Tensor, Tensor] {
  if (!jointEmbedding)
    return [embed.apply(theta.embed, support, spec), embed.apply(theta.embed, query, spec)];
  const both = embed.apply(theta.embed, tf.concat([support, query], 1), spec); // [T, S + Q, d]
  const [hs, hq] = tf.split(both, [support.shape[1] as number, query.shape[1] as number], 1);
  return [hs as Tensor, hq as Tensor];
}

/** φ from the embedded support set. */
function remember(
  { context, classModel, refine }: MetricLearnerParts,
  theta: MetricParameters,
  embedded: Tensor,
  support: Support,
  spec: EpisodeSpec,
): ClassState {
  const seen = context ? context.support(theta.context, embedded, support.labelled) : embedded;
  const state = classModel.build(seen, support.labelled, classesOf(spec));
  return refine ? refine.refine(theta.refine, state, seen, support) : state;
}

function compare(
  parts: MetricLearnerParts,
  theta: MetricParameters,
  phi: ClassState,
  embedded: Tensor,
): Tensor {
  const seen = parts.context ? parts.context.query(theta.context, embedded, phi) : embedded;
  return parts.similarity.compare(theta.similarity, seen, phi.centres); // [T, Q, C]
}

function logitsOf(
  parts: MetricLearnerParts,
  theta: MetricParameters,
  phi: ClassState,
  embedded: Tensor,
): Tensor {
  const scores = compare(parts, theta, phi, embedded);
  return parts.readout.logits(parts.temperature === 1 ? scores : tf.div(scores, parts.temperature), phi);
}

function classesOf(spec: EpisodeSpec): number {
  if (spec.target.kind === 'classification') return spec.target.classes;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    'metricLearner: expected a classification task, got a regression. Use a gradient-based or black-box learner.',
    { expected: 'classification', received: spec.target.kind },
  );
}
