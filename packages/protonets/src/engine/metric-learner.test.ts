import { createRng, disposeTree, type EpisodeBatch, type EpisodeSpec, toDevice } from '@tasklearn/core';
import { mlp } from '@tasklearn/nn';
import { gaussianEpisodes } from '@tasklearn/tasks';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNearestNeighbour } from '../nearest-neighbour.js';
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

describe('negativeSquaredEuclidean', () => {
  const direct = (q: Tensor, c: Tensor) =>
    tf.neg(tf.sum(tf.square(tf.sub(tf.expandDims(q, 2), tf.expandDims(c, 1))), -1));

  it('is -25 for a 3-4-5 triangle', () => {
    const q = tf.tensor3d([[[3, 4]]]);
    const c = tf.tensor3d([
      [
        [0, 0],
        [3, 0],
      ],
    ]);
    expect(values(negativeSquaredEuclidean().compare(undefined, q, c))).toEqual([-25, -16]);
  });

  it('equals the direct form, also far from the origin where the plain expansion fails', () => {
    for (const offset of [0, 1000]) {
      const q = tf.add(rng.split('q').normal([2, 5, 8]), offset);
      const c = tf.add(rng.split('c').normal([2, 3, 8]), offset);
      const found = negativeSquaredEuclidean().compare(undefined, q, c);
      expect(largestDifference(found, direct(q, c))).toBeLessThan(1e-3);
    }
    const [q, c] = [
      tf.add(rng.split('q').normal([1, 5, 8]), 1000),
      tf.add(rng.split('c').normal([1, 3, 8]), 1000),
    ];
    const norms = (x: Tensor) => tf.sum(tf.square(x), -1, true);
    const plain = tf.sub(
      tf.sub(tf.mul(tf.matMul(q, c, false, true), 2), norms(q)),
      tf.transpose(norms(c), [0, 2, 1]),
    );
    expect(largestDifference(plain, direct(q, c))).toBeGreaterThan(0.1);
  });
});

describe('cosine', () => {
  it('is the scale for parallel vectors, 0 for orthogonal ones', () => {
    const q = tf.tensor3d([[[2, 0]]]);
    const c = tf.tensor3d([
      [
        [5, 0],
        [0, 3],
        [-1, 0],
      ],
    ]);
    const found = values(cosine(10).compare(undefined, q, c));
    expect(found.map((x) => Math.round(x * 1e4) / 1e4)).toEqual([10, 0, -10]);
  });

  it('has a finite gradient at zero', () => {
    const q = tf.zeros([1, 1, 2]);
    const slope = tf.grad((x) => cosine(1).compare(undefined, x, tf.ones([1, 1, 2])))(q);
    expect(values(slope).every(Number.isFinite)).toBe(true);
  });

  it('refuses a scale that is not > 0', () => {
    expect(() => cosine(0)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('prototypes', () => {
  it('are class means', () => {
    const h = tf.tensor3d([
      [
        [1, 0],
        [3, 0],
        [0, 5],
      ],
    ]);
    const targets = tf.tensor2d([[0, 0, 1]], [1, 3], 'int32');
    const { centres, active } = prototypes().build(h, { inputs: h, targets }, 2);
    expect(values(centres)).toEqual([2, 0, 0, 5]);
    expect(active).toBeUndefined();
  });

  it('leave out masked items, and classes that have no others', () => {
    const h = tf.tensor3d([
      [
        [1, 0],
        [3, 0],
        [0, 5],
      ],
    ]);
    const targets = tf.tensor2d([[0, 0, 1]], [1, 3], 'int32');
    const state = prototypes().build(h, { inputs: h, targets, mask: tf.tensor2d([[1, 0, 0]]) }, 2);
    expect(values(state.centres)).toEqual([1, 0, 0, 0]);
    expect(values(state.active as Tensor)).toEqual([1, 0]);
    const logits = softmaxOverCentres().logits(tf.zeros([1, 1, 2]), state);
    expect(values(tf.softmax(logits))).toEqual([1, 0]);
  });

  it('minimise the sum of squared distances, and so beat any other centre', () => {
    const h = rng.split('bregman').normal([1, 6, 3]);
    const targets = tf.zeros([1, 6], 'int32');
    const { centres } = prototypes().build(h, { inputs: h, targets }, 2);
    const mean = tf.slice(centres, [0, 0, 0], [1, 1, 3]);
    const total = (centre: Tensor) => tf.sum(tf.square(tf.sub(h, centre))).dataSync()[0] as number;
    for (let trial = 0; trial < 10; trial++) {
      const moved = tf.add(mean, tf.mul(rng.split(`move ${trial}`).normal([1, 1, 3]), 0.1));
      expect(total(mean)).toBeLessThan(total(moved));
    }
  });
});

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

describe('createNearestNeighbour', () => {
  const line: EpisodeSpec = { ...spec, input: { shape: [1], dtype: 'float32' } };
  const support = {
    labelled: {
      inputs: tf.tensor3d([[[0], [1], [5], [6], [10]]]),
      targets: tf.tensor2d([[0, 0, 1, 1, 2]], [1, 5], 'int32'),
    },
  };
  const predict = (neighbours: number, xs: number[]) => {
    const learner = createNearestNeighbour({ neighbours });
    const phi = learner.adapt({}, support, rng, line);
    const inputs = tf.tensor3d([xs.map((x) => [x])]);
    return values(tf.argMax(learner.predict({}, phi, inputs, rng, line).mean(), -1));
  };

  it('takes the label of the nearest item', () => {
    expect(predict(1, [-3, 2.9, 3.1, 8.1, 7.9])).toEqual([0, 0, 1, 2, 1]);
  });

  it('lets the k nearest vote, ties to the nearest', () => {
    expect(predict(3, [9])).toEqual([1]); // 10, 6, 5
    expect(predict(2, [9])).toEqual([2]); // 10 and 6: a tie
    expect(predict(99, [9])).toEqual([1]); // all five: two each for 0 and 1, and 1 is nearer
  });

  it('approaches the best possible error as items grow', () => {
    const accuracyAt = (shots: number) => {
      const many = gaussianEpisodes({ ways: 2, shots, queries: 20, noise: 0.3 });
      const batch = toDevice(many.episodes('test', 0, 20, rng)) as EpisodeBatch;
      const learner = createNearestNeighbour();
      const phi = learner.adapt({}, batch.support, rng, many.spec);
      const chosen = tf.argMax(learner.predict({}, phi, batch.query.inputs, rng, many.spec).mean(), -1);
      return tf.mean(tf.cast(tf.equal(chosen, batch.query.targets), 'float32')).dataSync()[0] as number;
    };
    expect(accuracyAt(40)).toBeGreaterThan(accuracyAt(1) + 0.05);
  });

  it('refuses bad options by code', () => {
    for (const options of [{ neighbours: 0 }, { neighbours: 1.5 }, { distance: 'manhattan' as never }]) {
      expect(() => createNearestNeighbour(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
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
