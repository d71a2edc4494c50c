import {
  type EpisodeSpec,
  type EpisodicLearner,
  type GradientTransformation,
  type LabelledSet,
  leavesOf,
  mapTree,
  type Rng,
  type Tree,
} from '@tasklearn/core';
import { gradients, type Model, type Parameters } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import {
  divergencePerTask,
  type GaussianTree,
  sampleGaussianTree,
  stepAgainst,
} from '../engine/gaussian-trees.js';
import { repeatSet, unionOf } from '../engine/labelled-sets.js';
import { initialNoise, likelihoodOf, type Noise, sumLogLikelihood } from '../engine/likelihood.js';
import { repeatSamples, repeatTreeSamples, separateSamples, spreadOverTasks } from '../engine/sample-axis.js';
import { sampledPredictive } from '../engine/sampled-predictive.js';

/** What amortised Bayesian meta-learning is made of. */
export interface AmortisedParts {
  /** The network of episodes of a spec. */
  readonly model: (spec: EpisodeSpec) => Model;
  readonly steps: { readonly train: number; readonly test: number };
  readonly rate: number;
  /** β, factor of KL(q ‖ p) in the inner and in the outer bound. */
  readonly divergenceWeight: number;
  /** Samples of φ while meta-training, and at meta-test. */
  readonly samples: { readonly train: number; readonly test: number };
  /** Whether the outer bound counts support and query items, as in the paper, or the query alone. */
  readonly outerData: 'both' | 'query';
  /** Factor of −log p(θ), >= 0; 1 / number of meta-training batches in the paper. */
  readonly hyperPriorWeight: number;
  readonly logDeviation: number;
  readonly noise: number;
  readonly optimizer: GradientTransformation;
}

/** θ: the prior over weights, where every task's posterior starts as well. */
export type AmortisedTheta = { readonly prior: GaussianTree<Parameters>; readonly noise: Noise };

/** −E_q Σ log p(y | x, φ) by S samples, [T]. */
function expectedLoss(
  model: Model,
  spec: EpisodeSpec,
  posterior: GaussianTree<Parameters>,
  set: LabelledSet,
  noise: Noise,
  { samples, rng }: { readonly samples: number; readonly rng: Rng },
): Tensor {
  const phi = sampleGaussianTree(repeatTreeSamples(posterior, samples) as GaussianTree<Parameters>, rng); // [T · S, ...]
  const repeated = repeatSet(set, samples);
  const each = likelihoodOf(spec, model.apply(phi, repeated.inputs), noise);
  return tf.neg(tf.mean(separateSamples(sumLogLikelihood(each, repeated), samples), 1));
}

/** −log p(θ) for μ_θ ~ N(0, 1), 1/σ_θ² ~ Gamma(1, 0.01), but for constants. */
function hyperPriorLoss({ mean, logDeviation }: GaussianTree<Parameters>): Tensor {
  const total = (tree: Tree<Tensor>, each: (leaf: Tensor) => Tensor) =>
    tf.addN(leavesOf(tree).map((leaf: Tensor) => tf.sum(each(leaf))));
  return total(mean, (leaf) => tf.square(leaf).mul(0.5)).add(
    total(logDeviation, (leaf) => tf.exp(leaf.mul(-2)).mul(0.01)),
  );
}

/**
 * Amortised Bayesian meta-learning: MAML over the parameters of a Gaussian posterior. λ = (μ, log σ) starts at the prior's and
 * takes k steps on the task's variational bound,
 *
 * λ ← λ − α ∇_λ [−E_q Σ log p(y | x, φ) + β KL(q_λ ‖ p(φ | θ))] / S,
 *
 * and the meta-loss is the same bound after them. S, the number of support items, only scales the rate.
 *
 * @see Ravi, Beatson. Amortized Bayesian Meta-Learning. ICLR 2019.
 */
export function amortisedLearner(parts: AmortisedParts): EpisodicLearner<AmortisedTheta, Parameters> {
  const { rate, divergenceWeight, samples } = parts;
  const posteriorOf = (
    theta: AmortisedTheta,
    support: LabelledSet,
    spec: EpisodeSpec,
    rng: Rng,
    steps: number,
  ) => {
    const model = parts.model(spec);
    const [tasks, items] = support.targets.shape as [number, number];
    const prior = spreadOverTasks(theta.prior as never, tasks) as unknown as GaussianTree<Parameters>;
    let lambda = prior;
    for (let step = 0; step < steps; step += 1) {
      const draw = { samples: samples.train, rng: rng.split(step) };
      const slope = gradients((at) => {
        const fit = expectedLoss(model, spec, at, support, theta.noise, draw);
        return tf.sum(fit.add(divergencePerTask(at, prior).mul(divergenceWeight))).asScalar();
      }, lambda);
      lambda = stepAgainst(lambda, slope, rate / items);
    }
    return { lambda, prior };
  };
  return {
    kind: 'episodic',
    init(spec, rng) {
      const mean = parts.model(spec).init(rng);
      const logDeviation = mapTree(mean, (leaf: Tensor) => tf.fill(leaf.shape, parts.logDeviation));
      return {
        prior: { mean, logDeviation: logDeviation as Parameters },
        noise: initialNoise(spec, parts.noise),
      };
    },
    metaLoss(theta, { support, query }, rng, spec) {
      const { labelled } = support;
      const { lambda, prior } = posteriorOf(theta, labelled, spec, rng.split('inner'), parts.steps.train);
      const set = parts.outerData === 'both' ? unionOf(labelled, query) : query;
      const items = set.targets.shape[1] as number;
      const draw = { samples: samples.train, rng: rng.split('outer') };
      const fit = tf.mean(expectedLoss(parts.model(spec), spec, lambda, set, theta.noise, draw)).div(items);
      const divergence = tf.mean(divergencePerTask(lambda, prior));
      const bound = fit.add(divergence.mul(divergenceWeight / items));
      const loss =
        parts.hyperPriorWeight === 0
          ? bound
          : bound.add(hyperPriorLoss(theta.prior).mul(parts.hyperPriorWeight));
      return { loss: loss as Scalar, metrics: { fit: fit as Scalar, divergence: divergence as Scalar } };
    },
    optimizer: parts.optimizer,
    adapt(theta, support, rng, spec) {
      const { lambda } = posteriorOf(theta, support.labelled, spec, rng.split('inner'), parts.steps.test);
      const repeated = repeatTreeSamples(lambda, samples.test) as GaussianTree<Parameters>;
      return sampleGaussianTree(repeated, rng.split('samples'));
    },
    predict(theta, phi, inputs, _rng, spec) {
      const outputs = parts.model(spec).apply(phi, repeatSamples(inputs, samples.test));
      return sampledPredictive(likelihoodOf(spec, outputs, theta.noise), samples.test);
    },
  };
}
