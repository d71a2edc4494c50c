import { createRng, disposeTree, type EpisodeBatch, type EpisodeSpec, toDevice } from '@tasklearn/core';
import { mlp } from '@tasklearn/nn';
import { gaussianEpisodes } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProtonet } from '../protonet.js';
import { items, prototypes } from './class-model.js';
import { network, rawInputs } from './embedder.js';
import { metricLearner } from './metric-learner.js';
import type { MetricLearnerParts } from './metric-learner-parts.js';
import { softmaxOverCentres, softmaxOverClasses } from './readout.js';
import { cosine, negativeSquaredEuclidean } from './similarity.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('metric');
const distribution = gaussianEpisodes({ ways: 3, shots: 2, queries: 4 });
const { spec } = distribution;

function episodes(tasks = 2): EpisodeBatch {
  return toDevice(distribution.episodes('train', 0, tasks, rng)) as EpisodeBatch;
}

function parts(given: Partial<MetricLearnerParts> = {}): MetricLearnerParts {
  return {
    embed: rawInputs(),
    classModel: prototypes(),
    similarity: negativeSquaredEuclidean(),
    readout: softmaxOverCentres(),
    temperature: 1,
    jointEmbedding: false,
    ...given,
  };
}

const smallNetwork = network(() => mlp({ inputShape: [24], hidden: [8], outputSize: 5 }));

function values(tensor: Tensor): number[] {
  return [...tensor.dataSync()];
}

function largestDifference(a: Tensor, b: Tensor): number {
  return tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;
}

function probabilities(
  given: MetricLearnerParts,
  { support, query }: EpisodeBatch,
  of: EpisodeSpec = spec,
): Tensor {
  const learner = metricLearner(given);
  const theta = learner.init(of, createRng('theta'));
  return learner.predict(theta, learner.adapt(theta, support, rng, of), query.inputs, rng, of).mean();
}

/** Rows of the item axis in another order. */
function reordered<T extends { inputs: Tensor; targets: Tensor }>(set: T, order: number[]): T {
  const index = tf.tensor1d(order, 'int32');
  return { ...set, inputs: tf.gather(set.inputs, index, 1), targets: tf.gather(set.targets, index, 1) };
}

describe('metricLearner', () => {
  it('with prototypes and squared distance is the linear classifier w = 2c, b = -|c|²', () => {
    const learner = metricLearner(parts({ embed: smallNetwork }));
    const theta = learner.init(spec, rng);
    const { support, query } = episodes();
    const phi = learner.adapt(theta, support, rng, spec);
    const found = learner.predict(theta, phi, query.inputs, rng, spec).mean();
    const h = learner.embed(theta, query.inputs, spec); // [T, Q, d]
    const b = tf.neg(tf.sum(tf.square(phi.centres), -1)); // [T, N]
    const logits = tf.add(tf.matMul(h, tf.mul(phi.centres, 2), false, true), tf.expandDims(b, 1));
    expect(largestDifference(found, tf.softmax(logits))).toBeLessThan(1e-5);
  });

  it('with one-hot inputs is nearest mean in closed form', () => {
    const inputs = tf.tensor3d([
      [
        [1, 0],
        [0, 1],
      ],
    ]);
    const oneHotSpec: EpisodeSpec = {
      ...spec,
      input: { shape: [2], dtype: 'float32' },
      target: { kind: 'classification', classes: 2 },
    };
    const support = { labelled: { inputs, targets: tf.tensor2d([[0, 1]], [1, 2], 'int32') } };
    const query = { inputs, targets: support.labelled.targets };
    const p = probabilities(parts(), { support, query }, oneHotSpec);
    const right = 1 / (1 + Math.exp(-2)); // distances 0 and 2
    const expected = tf.tensor3d([
      [
        [right, 1 - right],
        [1 - right, right],
      ],
    ]);
    expect(largestDifference(p, expected)).toBeLessThan(1e-5);
  });

  it('gives the exact posterior of equal isotropic Gaussians when scaled by 1/(σ√2)', () => {
    const sigma = 0.7;
    const means = rng.split('means').normal([1, 3, 4]);
    const x = rng.split('x').normal([1, 6, 4]);
    const scaled = (t: Tensor) => tf.div(t, sigma * Math.SQRT2);
    const gaussianSpec: EpisodeSpec = { ...spec, input: { shape: [4], dtype: 'float32' } };
    const support = {
      labelled: { inputs: scaled(means), targets: tf.tensor2d([[0, 1, 2]], [1, 3], 'int32') },
    };
    const query = { inputs: scaled(x), targets: tf.zeros([1, 6], 'int32') };
    const squares = tf.sum(tf.square(tf.sub(tf.expandDims(x, 2), tf.expandDims(means, 1))), -1); // [1, 6, 3]
    const posterior = tf.softmax(tf.div(squares, -2 * sigma ** 2));
    expect(
      largestDifference(probabilities(parts(), { support, query }, gaussianSpec), posterior),
    ).toBeLessThan(1e-5);
  });

  it('divides similarities by the temperature', () => {
    const batch = episodes();
    const cold = probabilities(parts(), batch);
    const warm = probabilities(parts({ temperature: 4 }), batch);
    const logCold = tf.log(cold);
    const expected = tf.softmax(tf.div(logCold, 4));
    expect(largestDifference(warm, expected)).toBeLessThan(1e-4);
    expect(() => metricLearner(parts({ temperature: 0 }))).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  const models: [string, MetricLearnerParts][] = [
    ['prototypes', parts({ embed: smallNetwork })],
    ['cosine prototypes', parts({ embed: smallNetwork, similarity: cosine(10) })],
    [
      'attention over items',
      parts({ classModel: items(), readout: softmaxOverClasses('sum'), temperature: 20 }),
    ],
    ['nearest items', parts({ classModel: items(), readout: softmaxOverClasses('max'), temperature: 20 })],
  ];
  for (const [name, given] of models) {
    it(`${name}: the order of support items does not matter`, () => {
      const batch = episodes();
      const shuffled = {
        ...batch,
        support: { labelled: reordered(batch.support.labelled, [5, 2, 0, 3, 1, 4]) },
      };
      expect(largestDifference(probabilities(given, shuffled), probabilities(given, batch))).toBeLessThan(
        1e-5,
      );
    });

    it(`${name}: renaming classes renames predictions`, () => {
      const batch = episodes();
      const { labelled } = batch.support;
      const targets = tf.mod(tf.add(labelled.targets, 1), 3).cast('int32'); // class n becomes n + 1
      const renamed = probabilities(given, { ...batch, support: { labelled: { ...labelled, targets } } });
      const back = tf.gather(renamed, tf.tensor1d([1, 2, 0], 'int32'), 2);
      expect(largestDifference(back, probabilities(given, batch))).toBeLessThan(1e-5);
    });

    it(`${name}: masked items have no effect`, () => {
      const batch = episodes();
      const { labelled } = batch.support;
      const padding = { inputs: tf.fill([2, 2, 24], 50), targets: tf.zeros([2, 2], 'int32') };
      const padded = {
        inputs: tf.concat([labelled.inputs, padding.inputs], 1),
        targets: tf.concat([labelled.targets, padding.targets], 1),
        mask: tf.concat([tf.ones([2, 6]), tf.zeros([2, 2])], 1),
      };
      const found = probabilities(given, { ...batch, support: { labelled: padded } });
      expect(largestDifference(found, probabilities(given, batch))).toBeLessThan(1e-5);
    });

    it(`${name}: a batch of tasks is the tasks one by one`, () => {
      const batch = episodes(2);
      const both = probabilities(given, batch);
      for (const task of [0, 1]) {
        const one = toDevice(distribution.episodes('train', task, 1, rng)) as EpisodeBatch;
        expect(
          largestDifference(tf.slice(both, [task, 0, 0], [1, 12, 3]), probabilities(given, one)),
        ).toBeLessThan(1e-5);
      }
    });
  }

  it('duplicating the items of a class leaves its prototype, and gives its items more attention', () => {
    const batch = episodes();
    const { labelled } = batch.support;
    const doubled = {
      ...batch,
      support: { labelled: reordered(labelled, [0, 1, 2, 3, 4, 5, 0, 1]) }, // items 0 and 1 are class 0
    };
    const prototype = parts({ embed: smallNetwork });
    expect(
      largestDifference(probabilities(prototype, doubled), probabilities(prototype, batch)),
    ).toBeLessThan(1e-5);
    const attention = parts({ classModel: items(), readout: softmaxOverClasses('sum'), temperature: 20 });
    const more = tf.sub(probabilities(attention, doubled), probabilities(attention, batch));
    expect(Math.min(...values(tf.slice(more, [0, 0, 0], [2, 12, 1])))).toBeGreaterThan(0);
  });

  it('attention over one item per class with squared distance is a prototypical network', () => {
    const one = gaussianEpisodes({ ways: 3, shots: 1, queries: 4 });
    const batch = toDevice(one.episodes('train', 0, 2, rng)) as EpisodeBatch;
    const attention = parts({ classModel: items(), readout: softmaxOverClasses('sum') });
    expect(largestDifference(probabilities(attention, batch), probabilities(parts(), batch))).toBeLessThan(
      1e-5,
    );
  });

  it('refuses regression', () => {
    const regression: EpisodeSpec = {
      ...spec,
      target: { kind: 'regression', shape: [1] },
      loss: 'meanSquaredError',
    };
    expect(() => metricLearner(parts()).init(regression, rng)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});

describe('tensors', () => {
  it('only results stay behind', () => {
    const learner = createProtonet({ model: { hidden: [8], embeddingSize: 4 } });
    const batch = episodes();
    const before = tf.memory().numTensors;
    const theta = learner.init(spec, rng);
    const phi = tf.tidy(() => learner.adapt(theta, batch.support, rng, spec));
    const mean = tf.tidy(() => learner.predict(theta, phi, batch.query.inputs, rng, spec).mean());
    disposeTree([theta, phi, mean] as never);
    expect(tf.memory().numTensors).toBe(before);
  });
});
