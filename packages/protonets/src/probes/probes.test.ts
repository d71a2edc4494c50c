import {
  createRng,
  type EpisodeBatch,
  type EpisodicLearner,
  type Executor,
  eagerExecutor,
  evaluateEpisodes,
  type HostTensor,
  type Tree,
  toDevice,
} from '@tasklearn/core';
import { crossEntropy, gradients, ridge } from '@tasklearn/nn';
import { compiledExecutor } from '@tasklearn/runtime';
import { gaussianEpisodes } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProbe, type ProbeOptions } from '../probe.js';
import { createProtonet } from '../protonet.js';
import { clusterHead } from './cluster-head.js';
import { fitClusters } from './fit-clusters.js';
import { linearLogits, withOnes } from './linear-classifier.js';
import { logisticHead } from './logistic-head.js';
import { mlpHead } from './mlp-head.js';
import { ridgeHead } from './ridge-head.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('probes');
const distribution = gaussianEpisodes({ ways: 3, shots: 4, queries: 5 });
const { spec } = distribution;
const episodes = () => toDevice(distribution.episodes('train', 0, 2, rng)) as EpisodeBatch;

function largest(tensor: Tensor): number {
  return tf.max(tf.abs(tensor)).dataSync()[0] as number;
}

function accuracyOf(learner: EpisodicLearner, shots: number, theta: Tree<Tensor> = {}): number {
  const few = gaussianEpisodes({ ways: 5, shots, queries: 5, noise: 0.3 });
  const { support, query } = toDevice(few.episodes('test', 0, 12, rng)) as EpisodeBatch;
  return tf.tidy(() => {
    const phi = learner.adapt(theta, support, rng, few.spec);
    const chosen = tf.argMax(learner.predict(theta, phi, query.inputs, rng, few.spec).mean(), -1);
    return tf.mean(tf.cast(tf.equal(chosen, query.targets), 'float32')).dataSync()[0] as number;
  });
}

describe('ridgeHead', () => {
  it('is the ridge solution on features and ones', () => {
    const { labelled } = episodes().support;
    const head = ridgeHead({ regularization: 0.5 });
    const phi = head.fit(labelled.inputs, labelled, 3, rng);
    const weights = ridge(
      withOnes(labelled.inputs),
      tf.oneHot(labelled.targets as tf.Tensor1D, 3).cast('float32'),
      0.5,
    );
    expect(phi.weight.shape).toEqual([2, 24, 3]);
    expect(phi.bias.shape).toEqual([2, 3]);
    const expected = tf.matMul(withOnes(labelled.inputs), weights);
    expect(largest(tf.sub(head.logits(phi, labelled.inputs), expected))).toBeLessThan(1e-5);
  });
});

describe('logisticHead', () => {
  it('is at the minimum of the penalised objective: its gradient is zero', () => {
    const { labelled } = episodes().support;
    const regularization = 0.05;
    const phi = logisticHead({ regularization, iterations: 200 }).fit(labelled.inputs, labelled, 3, rng);
    const objective = (at: typeof phi) => {
      const penalty = tf.add(tf.sum(tf.square(at.weight)), tf.sum(tf.square(at.bias)));
      const loss = tf.sum(crossEntropy(linearLogits(at, labelled.inputs), labelled.targets));
      return tf.add(loss, tf.mul(penalty, regularization / 2)).asScalar();
    };
    const slope = gradients(objective, phi);
    const atZero = gradients(objective, { weight: tf.zerosLike(phi.weight), bias: tf.zerosLike(phi.bias) });
    expect(largest(slope.weight)).toBeLessThan(1e-3 * largest(atZero.weight));
    expect(largest(slope.bias)).toBeLessThan(1e-3);
  });

  it('does not see masked items', () => {
    const { labelled } = episodes().support;
    const head = logisticHead({ regularization: 0.05, iterations: 50 });
    const padded = {
      inputs: tf.concat([labelled.inputs, tf.fill([2, 1, 24], 9)], 1),
      targets: tf.concat([labelled.targets, tf.zeros([2, 1], 'int32')], 1),
      mask: tf.concat([tf.ones([2, 12]), tf.zeros([2, 1])], 1),
    };
    const [a, b] = [labelled, padded].map((set) => head.fit(set.inputs, set, 3, rng));
    expect(largest(tf.sub(a?.weight as Tensor, b?.weight as Tensor))).toBeLessThan(1e-4);
  });
});

describe('mlpHead', () => {
  it('fits its support set', () => {
    const { labelled } = episodes().support;
    const head = mlpHead({ hidden: 16, dropout: 0, steps: 40, learningRate: 0.03 });
    const phi = tf.tidy(() => head.fit(labelled.inputs, labelled, 3, rng));
    const chosen = tf.argMax(head.logits(phi, labelled.inputs), -1);
    expect([...chosen.dataSync()]).toEqual([...labelled.targets.dataSync()]);
  });

  it('draws its weights and its dropout from the generator it is given', () => {
    const { labelled } = episodes().support;
    const head = mlpHead({ hidden: 4, dropout: 0.5, steps: 2, learningRate: 0.03 });
    const fit = (label: string) => [
      ...head.fit(labelled.inputs, labelled, 3, createRng(label)).w2.dataSync(),
    ];
    expect(fit('a')).toEqual(fit('a'));
    expect(fit('a')).not.toEqual(fit('b'));
  });
});

describe('fitClusters and clusterHead', () => {
  const points: HostTensor = {
    dtype: 'float32',
    shape: [6, 1],
    data: Float32Array.from([0, 1, 10, 11, 20, 21]),
  };

  it('finds three far clusters', () => {
    const { data } = fitClusters(points, { clusters: 3, iterations: 5 }, rng);
    expect([...data].sort((a, b) => a - b)).toEqual([0.5, 10.5, 20.5]);
  });

  it('gives a query the label of its cluster, or of the nearest labelled one', () => {
    const head = clusterHead({ dtype: 'float32', shape: [3, 1], data: Float32Array.from([0.5, 10.5, 20.5]) });
    const inputs = tf.tensor3d([[[0], [1], [1.2], [21]]]);
    const labelled = { inputs, targets: tf.tensor2d([[0, 0, 1, 1]], [1, 4], 'int32') };
    const phi = head.fit(inputs, labelled, 2, rng);
    const chosen = tf.argMax(head.logits(phi, tf.tensor3d([[[0.9], [19], [9], [12]]])), -1);
    // Cluster 0 holds two votes for class 0 and one for class 1; cluster 1 has none: 9 goes to cluster 0, 12 to cluster 2.
    expect([...chosen.dataSync()]).toEqual([0, 1, 0, 1]);
  });

  it('refuse what cannot be clustered', () => {
    expect(() => fitClusters(points, { clusters: 7, iterations: 1 }, rng)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => clusterHead({ dtype: 'float32', shape: [3], data: new Float32Array(3) })).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('createProbe', () => {
  it('heads are better with more shots, and better than chance', () => {
    for (const head of ['logistic', 'ridge', 'mlp'] as const) {
      const learner = createProbe({ head, steps: 20 });
      const [one, ten] = [accuracyOf(learner, 1), accuracyOf(learner, 10)];
      expect(one, head).toBeGreaterThan(0.25);
      expect(ten, head).toBeGreaterThan(one + 0.1);
    }
  });

  it('heads give the same numbers eagerly and compiled', async () => {
    for (const head of ['logistic', 'ridge', 'mlp'] as const) {
      const learner = createProbe({ head, hidden: 6, steps: 3, iterations: 5 });
      const means = async (executor: Executor) => {
        const options = { learner, executor, distribution, split: 'test', count: 2, theta: {}, rng } as const;
        return (await evaluateEpisodes(options)).flatMap((result) => [...result.means.data]);
      };
      const [eager, compiled] = [
        await means(eagerExecutor()),
        await means(compiledExecutor({ fallback: 'error' })),
      ];
      expect(
        Math.max(...eager.map((p, index) => Math.abs(p - (compiled[index] as number)))),
        head,
      ).toBeLessThan(1e-4);
    }
  });

  it('takes θ of a prototypical network as it is', () => {
    const model = { hidden: [8], embeddingSize: 4 };
    const theta = createProtonet({ model }).init(spec, rng) as Tree<Tensor>;
    expect(accuracyOf(createProbe({ embedding: 'network', model }), 5, theta)).toBeGreaterThan(0.2);
  });

  it('refuses bad options and regression by code', () => {
    const bad: Partial<ProbeOptions>[] = [
      { regularization: 0 },
      { iterations: 0 },
      { hidden: 0.5 },
      { dropout: 1 },
      { steps: 0 },
      { learningRate: 0 },
      { head: 'svm' as never },
    ];
    for (const options of bad) {
      expect(() => createProbe(options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
    const regression = { ...spec, target: { kind: 'regression', shape: [1] } } as const;
    expect(() => createProbe().adapt({}, episodes().support, rng, regression)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});
