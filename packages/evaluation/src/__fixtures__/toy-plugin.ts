import {
  defineDistribution,
  defineLearner,
  definePlugin,
  type EpisodeBatch,
  type EpisodeSpec,
  type EpisodicDistribution,
  type EpisodicLearner,
  type HostTensor,
  TasklearnError,
} from '@tasklearn/core';
import { adam, categorical, crossEntropy, delta, oneHot } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';

const reference = { title: 'A toy', authors: 'Nobody', year: 2020, url: 'https://example.org' };
const capabilities = {
  targets: ['classification'],
  gradientOrder: 1,
  deterministic: true,
  permutationInvariant: true,
  variableShots: true,
  variableWays: true,
  transductive: false,
  consistent: 'no',
  uncertainty: 'output',
} as const;
const SIDE = 6;

/** Per task, `ways` random pictures of 6 x 6 and noisy copies of them. */
function blobs({
  ways,
  shots,
  queries,
  noise,
}: {
  ways: number;
  shots: number;
  queries: number;
  noise: number;
}): EpisodicDistribution {
  const spec: EpisodeSpec = {
    input: { shape: [SIDE, SIDE, 1], dtype: 'float32' },
    target: { kind: 'classification', classes: ways },
    loss: 'crossEntropy',
    supportSize: ways * shots,
    querySize: ways * queries,
    ways,
    shots,
  };
  const empty = (tasks: number, size: number) => ({
    inputs: {
      dtype: 'float32',
      shape: [tasks, size, SIDE, SIDE, 1],
      data: new Float32Array(tasks * size * SIDE * SIDE),
    } as HostTensor,
    targets: { dtype: 'int32', shape: [tasks, size], data: new Int32Array(tasks * size) } as HostTensor,
  });
  return {
    kind: 'episodic',
    id: 'blobs',
    spec,
    varies: ['inputs'],
    episodes(split, first, count, rng) {
      const support = empty(count, spec.supportSize);
      const query = empty(count, spec.querySize);
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const centres = Array.from({ length: ways }, () =>
          Array.from({ length: SIDE * SIDE }, () => (own.next() < 0.4 ? 1 : 0)),
        );
        for (const [set, each] of [
          [support, shots],
          [query, queries],
        ] as const) {
          for (let item = 0; item < ways * each; item++) {
            const label = item % ways;
            const place = task * ways * each + item;
            set.targets.data[place] = label;
            centres[label]!.forEach((ink, pixel) => {
              set.inputs.data[place * SIDE * SIDE + pixel] = Math.min(
                1,
                Math.max(0, ink + noise * own.gaussian()),
              );
            });
          }
        }
      }
      return { support: { labelled: support }, query };
    },
    truth: () => ({ classNames: Array.from({ length: ways }, (_, label) => `blob ${label}`) }),
  };
}

/** y = a x + b with a, b drawn per task. */
function lines({ points }: { points: number }): EpisodicDistribution {
  const spec: EpisodeSpec = {
    input: { shape: [1], dtype: 'float32' },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    supportSize: points,
    querySize: 20,
  };
  const draw = (count: number, size: number): HostTensor => ({
    dtype: 'float32',
    shape: [count, size, 1],
    data: new Float32Array(count * size),
  });
  return {
    kind: 'episodic',
    id: 'lines',
    spec,
    varies: ['labels'],
    episodes(split, first, count, rng) {
      const support = { inputs: draw(count, points), targets: draw(count, points) };
      const query = { inputs: draw(count, 20), targets: draw(count, 20) };
      for (let task = 0; task < count; task++) {
        const own = rng.split(split).split(first + task);
        const [a, b] = [own.gaussian(), own.gaussian()];
        for (const [set, size] of [
          [support, points],
          [query, 20],
        ] as const) {
          for (let item = 0; item < size; item++) {
            const x = 4 * own.next() - 2;
            set.inputs.data[task * size + item] = x;
            set.targets.data[task * size + item] = a * x + b;
          }
        }
      }
      return { support: { labelled: support }, query };
    },
  };
}

type Theta = { readonly weight: tf.Tensor };

/** Class means of linear features; logits are negative squared distances. */
function logitsOf(
  { weight }: Theta,
  support: EpisodeBatch['support'],
  inputs: tf.Tensor,
  spec: EpisodeSpec,
): tf.Tensor {
  const features = (x: tf.Tensor) => {
    const [tasks = 1, items = 1] = x.shape;
    return x.reshape([tasks, items, -1]).matMul(tf.tile(weight.expandDims(0), [tasks, 1, 1])); // [T, B, D]
  };
  const onehot = oneHot(support.labelled.targets, spec.ways ?? 2); // [T, S, N]
  const means = tf.matMul(onehot, features(support.labelled.inputs), true).div(onehot.sum(1).expandDims(-1)); // [T, N, D]
  const queries = features(inputs);
  return tf.neg(tf.sum(tf.square(queries.expandDims(2).sub(means.expandDims(1))), -1)); // [T, Q, N]
}

type Phi = { readonly support: EpisodeBatch['support'] };

/** Linear prototypes, meta-trained; `blowUp` makes the loss infinite once the weights have moved that far. */
function linearPrototypes({
  features,
  learningRate,
  blowUp,
}: {
  features: number;
  learningRate: number;
  blowUp: boolean;
}): EpisodicLearner {
  if (!(learningRate > 0)) {
    throw new TasklearnError(
      'INVALID_OPTION',
      `linear: option learningRate must be > 0, got ${learningRate}.`,
      { key: 'learningRate' },
    );
  }
  const learner: EpisodicLearner<Theta, Phi> = {
    kind: 'episodic',
    init: (spec, rng) => {
      const size = spec.input.shape.reduce((a, b) => a * b, 1);
      return { weight: rng.normal([size, features]).mul(0.1) };
    },
    metaLoss(theta, { support, query }, rng, spec) {
      const logits = logitsOf(theta, support, query.inputs, spec);
      const loss = tf.mean(crossEntropy(logits, query.targets)).add(rng.uniform([]).mul(0)) as tf.Scalar;
      return {
        loss: blowUp ? (loss.div(tf.scalar(0)) as tf.Scalar) : loss,
        metrics: { scale: tf.mean(tf.abs(theta.weight)) as tf.Scalar },
      };
    },
    optimizer: adam({ learningRate }),
    adapt: (_theta, support) => ({ support }),
    predict: (theta, phi, inputs, _rng, spec) => categorical(logitsOf(theta, phi.support, inputs, spec)),
  };
  return learner as unknown as EpisodicLearner;
}

/** Class means of the pixels; nothing is learned. */
function nearestMean(): EpisodicLearner {
  const identity = (spec: EpisodeSpec) => ({ weight: tf.eye(spec.input.shape.reduce((a, b) => a * b, 1)) });
  const learner: EpisodicLearner<Record<string, never>, Phi> = {
    kind: 'episodic',
    init: () => ({}),
    adapt: (_theta, support) => ({ support }),
    predict: (_theta, phi, inputs, _rng, spec) =>
      categorical(logitsOf(identity(spec), phi.support, inputs, spec)),
  };
  return learner as unknown as EpisodicLearner;
}

/** Predicts the mean of the support targets. */
function meanTarget(): EpisodicLearner {
  const learner: EpisodicLearner<Record<string, never>, { readonly mean: tf.Tensor }> = {
    kind: 'episodic',
    init: () => ({}),
    adapt: (_theta, support) => ({ mean: tf.mean(support.labelled.targets, 1, true) }),
    predict: (_theta, { mean }, inputs) => delta(mean.add(inputs.mul(0))),
  };
  return learner as unknown as EpisodicLearner;
}

/** A plugin for tests: small learners and tasks that run in milliseconds. */
export const plugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/toy',
  version: '1.2.3',
  learners: {
    linear: defineLearner({
      kind: 'episodic',
      summary: 'Prototypes of linear features.',
      reference,
      capabilities,
      defaults: { features: 8, learningRate: 0.02, blowUp: false },
      create: linearPrototypes,
    }),
    'nearest-mean': defineLearner({
      kind: 'episodic',
      summary: 'Class means of the pixels.',
      reference,
      capabilities: { ...capabilities, gradientOrder: 0 },
      defaults: {},
      create: nearestMean,
    }),
    'mean-target': defineLearner({
      kind: 'episodic',
      summary: 'The mean of the support targets.',
      reference,
      capabilities: { ...capabilities, targets: ['regression'], gradientOrder: 0 },
      defaults: {},
      create: meanTarget,
    }),
  },
  distributions: {
    blobs: defineDistribution({
      kind: 'episodic',
      summary: 'Noisy copies of random pictures.',
      defaults: { ways: 3, shots: 1, queries: 2, noise: 0.6 },
      create: blobs,
    }),
    lines: defineDistribution({
      kind: 'episodic',
      summary: 'Random lines.',
      defaults: { points: 5 },
      create: lines,
    }),
    missing: defineDistribution({
      kind: 'episodic',
      summary: 'Data that is not there.',
      defaults: { folder: '' },
      create: ({ folder }: { folder: string }) => {
        throw new TasklearnError('MISSING_DATA', `missing: no data in '${folder}'. Set the option folder.`, {
          folder,
        });
      },
    }),
  },
});
