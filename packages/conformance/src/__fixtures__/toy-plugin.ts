import {
  type Capabilities,
  defineLearner,
  definePlugin,
  type EpisodeSpec,
  type EpisodicLearner,
  type LabelledSet,
  requireOneOf,
  requirePositive,
  sizeOf,
  TasklearnError,
} from '@tasklearn/core';
import { dense, lossOf, momentum, oneHot, outputSizeOf, predictiveOf } from '@tasklearn/nn';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

export type Linear = { readonly weight: Tensor; readonly bias: Tensor };
export type LinearOptions = { innerLearningRate: number; outerLearningRate: number; start: string };

const DEFAULTS: LinearOptions = { innerLearningRate: 0.5, outerLearningRate: 0.05, start: 'random' };

const CAPABILITIES: Capabilities = {
  targets: ['classification', 'regression'],
  gradientOrder: 2,
  deterministic: true,
  permutationInvariant: true,
  variableShots: true,
  variableWays: false,
  transductive: false,
  consistent: 'yes',
  uncertainty: 'none',
};

/** y = x W + b for x [T, B, ...], W [D, N] or [T, D, N]. */
export function outputs({ weight, bias }: Linear, inputs: Tensor): Tensor {
  const [tasks, items] = inputs.shape as [number, number];
  const flat = tf.reshape(inputs, [tasks, items, -1]); // [T, B, D]
  return dense(flat, { weight, bias }); // [T, B, N]
}

/** MAML with one inner step on a linear model, its inner gradient written out. */
export function linearMaml(options: Readonly<LinearOptions>): EpisodicLearner<Linear, Linear> {
  requirePositive('linear', options, 'innerLearningRate');
  requirePositive('linear', options, 'outerLearningRate');
  const start = requireOneOf('linear', options, 'start', ['random', 'zero']);
  const learner: EpisodicLearner<Linear, Linear> = {
    kind: 'episodic',
    optimizer: momentum({ learningRate: options.outerLearningRate }),
    init(spec, rng) {
      const shape = [sizeOf(spec.input.shape), outputSizeOf(spec)];
      const weight = tf.mul(rng.split('weight').normal(shape), start === 'random' ? 0.3 : 0);
      return { weight, bias: tf.zeros([outputSizeOf(spec)]) };
    },
    adapt(theta, { labelled }, _rng, spec) {
      const gradient = supportGradient(theta, labelled, spec);
      return {
        weight: tf.sub(theta.weight, tf.mul(gradient.weight, options.innerLearningRate)), // [T, D, N]
        bias: tf.sub(theta.bias, tf.mul(gradient.bias, options.innerLearningRate)), // [T, N]
      };
    },
    predict: (_theta, phi, inputs, _rng, spec) => predictiveOf(spec, outputs(phi, inputs)),
    metaLoss(theta, { support, query }, rng, spec) {
      const phi = learner.adapt(theta, support, rng, spec);
      const losses = lossOf(spec)(outputs(phi, query.inputs), query.targets, query.mask); // [T]
      return { loss: tf.mean(losses) as Scalar, metrics: { worst: tf.max(losses) as Scalar } };
    },
  };
  return learner;
}

function supportGradient(theta: Linear, { inputs, targets, mask }: LabelledSet, spec: EpisodeSpec): Linear {
  const [tasks, items] = inputs.shape as [number, number];
  const flat = tf.reshape(inputs, [tasks, items, -1]); // [T, S, D]
  const given = outputs(theta, inputs); // [T, S, N]
  const error =
    spec.target.kind === 'classification'
      ? tf.sub(tf.softmax(given), oneHot(targets, outputSizeOf(spec)))
      : tf.sub(given, tf.reshape(targets, given.shape));
  const counts = tf.expandDims(mask ?? tf.ones([tasks, items]), 2); // [T, S, 1]
  const weighted = tf.div(tf.mul(error, counts), tf.sum(counts, 1, true));
  return { weight: tf.matMul(flat, weighted, true, false), bias: tf.sum(weighted, 1) };
}

/** Prototypes of raw inputs: nothing to train, any ways and shots, classification only. */
export function prototypes(): EpisodicLearner<Record<string, never>, { readonly centres: Tensor }> {
  return {
    kind: 'episodic',
    init(spec) {
      if (spec.target.kind !== 'classification') {
        throw new TasklearnError('UNSUPPORTED_TASK', 'prototypes: expected classification.', {
          target: spec.target,
        });
      }
      return {};
    },
    adapt(_theta, { labelled: { inputs, targets, mask } }, _rng, spec) {
      const [tasks, items] = inputs.shape as [number, number];
      const member = tf.mul(
        oneHot(targets, spec.ways as number),
        tf.expandDims(mask ?? tf.ones([tasks, items]), 2),
      );
      const sums = tf.matMul(member, tf.reshape(inputs, [tasks, items, -1]), true, false); // [T, N, D]
      return { centres: tf.div(sums, tf.maximum(tf.expandDims(tf.sum(member, 1), 2), 1)) };
    },
    predict(_theta, { centres }, inputs, _rng, spec) {
      const [tasks, items] = inputs.shape as [number, number];
      const flat = tf.reshape(inputs, [tasks, items, 1, -1]); // [T, Q, 1, D]
      const distances = tf.sum(tf.square(tf.sub(flat, tf.expandDims(centres, 1))), 3); // [T, Q, N]
      return predictiveOf(
        { ...spec, target: { kind: 'classification', classes: spec.ways as number } },
        tf.neg(distances),
      );
    },
  };
}

const reference = {
  title: 'A paper',
  authors: 'An author',
  year: 2017,
  url: 'https://arxiv.org/abs/1703.03400',
};

export const linear = defineLearner({
  kind: 'episodic',
  summary: 'One gradient step on a linear model from a learned start.',
  reference,
  capabilities: CAPABILITIES,
  defaults: DEFAULTS,
  create: linearMaml,
});

export const prototype = defineLearner({
  kind: 'episodic',
  summary: 'Distances to class means.',
  reference,
  capabilities: { ...CAPABILITIES, targets: ['classification'], gradientOrder: 0, variableWays: true },
  defaults: {},
  create: prototypes,
});

export const toyPlugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/toys',
  version: '1.0.0',
  learners: { linear, prototype },
});
