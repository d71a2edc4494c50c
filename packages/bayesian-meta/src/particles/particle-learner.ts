import {
  type EpisodeSpec,
  type EpisodicLearner,
  type GradientTransformation,
  type LabelledSet,
  type Rng,
  zipTrees,
} from '@tasklearn/core';
import { gradients, type Model, type Parameters, stopGradient } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { descend } from '../engine/inner-descent.js';
import { jointLoss } from '../engine/joint-loss.js';
import { repeatSet, unionOf } from '../engine/labelled-sets.js';
import {
  initialNoise,
  likelihoodOf,
  meanNegativeLogLikelihood,
  type Noise,
  sumLogLikelihood,
} from '../engine/likelihood.js';
import { repeatSamples, spreadMembers } from '../engine/sample-axis.js';
import { sampledPredictive } from '../engine/sampled-predictive.js';
import { flatParticles, particlesFromFlat } from './flat-particles.js';
import { steinDirection } from './kernel.js';

/** How the particles of a task move, and what their starting points are trained for. */
export type ParticleObjective =
  /** The mean of the members' own losses: M learners that know nothing of each other. */
  | 'each'
  /** −log (1/M) Σ_m Π p(y | x, φ_m): the mixture as a whole, divided by the number of query items. */
  | 'mixture'
  /** Σ_m ‖φ_m^n − φ_m^{n+s}‖², where the leader goes on for s steps with the query set at hand. */
  | 'chaser';

/** What a learner with M particles per task is made of. */
export interface ParticleLearnerParts {
  /** The network of episodes of a spec. */
  readonly model: (spec: EpisodeSpec) => Model;
  /** M, >= 1. */
  readonly particles: number;
  /** `independent`: gradient descent on the task's loss; `stein`: SVGD towards the posterior. */
  readonly update: 'independent' | 'stein';
  readonly objective: ParticleObjective;
  /** Inner steps while meta-training and at meta-test. */
  readonly steps: { readonly train: number; readonly test: number };
  /** Further steps of the leader; `chaser` only. */
  readonly leaderSteps: number;
  readonly rate: number;
  /** λ of the prior N(0, 1/λ) over weights; `stein` only. */
  readonly priorPrecision: number;
  /** Whether every member meets its own resample of the tasks; `each` only. */
  readonly bootstrap: boolean;
  /** First value of σ. */
  readonly noise: number;
  readonly optimizer: GradientTransformation;
}

/** θ: M starting points with leaves [M, ...], and σ. */
export type ParticleTheta = { readonly members: Parameters; readonly noise: Noise };

/** ∇ log p(φ | D) = ∇ [Σ log p(y | x, φ) − λ ‖φ‖² / 2] of every particle, leaves [T · M, ...]. */
function posteriorScores(
  { priorPrecision }: ParticleLearnerParts,
  model: Model,
  spec: EpisodeSpec,
  phi: Parameters,
  set: LabelledSet,
  noise: Noise,
): Parameters {
  const likelihood = gradients((at) => {
    const each = likelihoodOf(spec, model.apply(at, set.inputs), noise);
    return tf.sum(sumLogLikelihood(each, set)).asScalar();
  }, phi);
  return zipTrees((slope: Tensor, leaf: Tensor) => slope.sub(leaf.mul(priorPrecision)), likelihood, phi);
}

/** `steps` steps of the particles of every task on a set that is already repeated for them. */
function move(
  parts: ParticleLearnerParts,
  spec: EpisodeSpec,
  start: Parameters,
  set: LabelledSet,
  noise: Noise,
  steps: number,
): Parameters {
  const { particles, rate, update } = parts;
  const model = parts.model(spec);
  if (update === 'independent') return descend(model, spec, start, set, { steps, rate });
  let phi = start;
  for (let step = 0; step < steps; step += 1) {
    const scores = posteriorScores(parts, model, spec, phi, set, noise);
    const flat = flatParticles(phi, particles); // [T, M, P]
    const direction = steinDirection(flat, flatParticles(scores, particles));
    phi = particlesFromFlat(flat.add(direction.mul(rate)), phi);
  }
  return phi;
}

/** Poisson(1) by the inverse of its distribution function: how often a bootstrap resample holds each task. */
function resampleWeights(rng: Rng, count: number): Tensor {
  const uniform = rng.uniform([count]);
  let [term, below] = [Math.exp(-1), 0];
  const steps = [1, 2, 3, 4, 5, 6].map((k) => {
    below += term;
    term /= k;
    return tf.greater(uniform, below).cast('float32');
  });
  return tf.addN(steps);
}

/** Σ_m ‖φ_m − sg(leader_m)‖² per task, mean over tasks. */
function chaserLoss(phi: Parameters, leader: Parameters, particles: number): Scalar {
  const apart = flatParticles(phi, particles).sub(flatParticles(stopGradient(leader), particles));
  return tf.mean(tf.sum(tf.square(apart), [1, 2])) as Scalar;
}

/**
 * M starting points, M solutions per task: an ensemble of MAML learners, or Bayesian MAML. The prediction is the mixture of
 * the particles' predictions.
 *
 * @see Yoon, Kim, Dia, Kim, Bengio, Ahn. Bayesian Model-Agnostic Meta-Learning. NeurIPS 2018. arXiv:1806.03836.
 */
export function particleLearner(parts: ParticleLearnerParts): EpisodicLearner<ParticleTheta, Parameters> {
  const { particles, objective, steps } = parts;
  const adapt = (theta: ParticleTheta, support: LabelledSet, spec: EpisodeSpec, count: number) => {
    const start = spreadMembers(theta.members, support.inputs.shape[0] as number); // [T · M, ...]
    return move(parts, spec, start, repeatSet(support, particles), theta.noise, count);
  };
  const predict = (theta: ParticleTheta, phi: Parameters, inputs: Tensor, spec: EpisodeSpec) => {
    const outputs = parts.model(spec).apply(phi, repeatSamples(inputs, particles));
    return likelihoodOf(spec, outputs, theta.noise);
  };
  return {
    kind: 'episodic',
    init(spec, rng) {
      const model = parts.model(spec);
      const own = Array.from({ length: particles }, (_, member) => model.init(rng.split(member)));
      const members = zipTrees(
        (...leaves: Tensor[]) => tf.stack(leaves),
        ...(own as [Parameters, ...Parameters[]]),
      );
      tf.dispose(own as tf.TensorContainer);
      return { members, noise: initialNoise(spec, parts.noise) };
    },
    metaLoss(theta, { support, query }, rng, spec) {
      const phi = adapt(theta, support.labelled, spec, steps.train);
      const each = predict(theta, phi, query.inputs, spec);
      const mixture = sampledPredictive(each, particles);
      const metrics = {
        mixtureLoss: tf.mean(meanNegativeLogLikelihood(mixture, query)) as Scalar,
      };
      if (objective === 'mixture') return { loss: jointLoss(mixture, query), metrics };
      if (objective === 'chaser') {
        const both = repeatSet(unionOf(support.labelled, query), particles);
        const leader = move(parts, spec, phi, both, theta.noise, parts.leaderSteps);
        return { loss: chaserLoss(phi, leader, particles), metrics };
      }
      const losses = meanNegativeLogLikelihood(each, repeatSet(query, particles)); // [T · M]
      const weighted = parts.bootstrap
        ? losses.mul(resampleWeights(rng.split('bootstrap'), losses.size))
        : losses;
      return { loss: tf.mean(weighted) as Scalar, metrics };
    },
    optimizer: parts.optimizer,
    adapt: (theta, support, _rng, spec) => adapt(theta, support.labelled, spec, steps.test),
    predict: (theta, phi, inputs, _rng, spec) =>
      sampledPredictive(predict(theta, phi, inputs, spec), particles),
  };
}
