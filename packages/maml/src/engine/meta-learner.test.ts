import { createRng, disposeTree, type EpisodeBatch, leavesOf, pathsOf, type Tree } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  difference,
  flat,
  outerGradient,
  regressionEpisodes,
  regressionSpec,
  smallParts,
} from '../__fixtures__/small-regression.js';
import { adaptedLeaves, leafAt, mapLeaves } from './adapted-leaves.js';
import { adaptiveDescent, gradientDescent } from './inner-solver.js';
import { firstOrder } from './meta-gradient.js';
import { metaLearner } from './meta-learner.js';
import type { DirectSolver, MetaLearnerParts, OuterTerm } from './meta-learner-parts.js';
import { reverseHvp } from './reverse-hvp.js';
import { newHeadStart } from './start.js';
import { taskLoss } from './task-loss.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('engine');

function adapted(parts: Partial<MetaLearnerParts> = {}, episodes = regressionEpisodes(3)): Parameters {
  const learner = metaLearner(smallParts(parts));
  return learner.adapt(learner.init(regressionSpec, rng), episodes.support, rng, regressionSpec);
}

describe('adapt', () => {
  it('of a batch of tasks is the tasks one by one: inner gradients are a sum over tasks', () => {
    const together = adapted();
    for (const task of [0, 1, 2]) {
      const alone = adapted({}, regressionEpisodes(1, 'episodes', task));
      const own = mapLeaves(together, (leaf) => tf.slice(leaf, task, 1));
      expect(difference(flat(own), flat(alone))).toBeLessThan(1e-5);
    }
  });

  it('does not depend on the order of support items', () => {
    const { support } = regressionEpisodes(2);
    const order = tf.tensor1d([3, 0, 4, 1, 2], 'int32');
    const { inputs, targets } = support.labelled;
    const labelled = { inputs: tf.gather(inputs, order, 1), targets: tf.gather(targets, order, 1) };
    const learner = metaLearner(smallParts());
    const theta = learner.init(regressionSpec, rng);
    const [a, b] = [support, { labelled }].map((given) => learner.adapt(theta, given, rng, regressionSpec));
    expect(difference(flat(a as Parameters), flat(b as Parameters))).toBeLessThan(1e-5);
  });

  it('leaves θ as it was and φ only the adapted leaves, each with a task axis', () => {
    const learner = metaLearner(smallParts({ adapted: adaptedLeaves('head') }));
    const theta = learner.init(regressionSpec, rng);
    const before = flat(theta as Tree<Tensor>);
    const phi = learner.adapt(theta, regressionEpisodes(3).support, rng, regressionSpec);
    expect(pathsOf(phi)).toEqual(['head/bias', 'head/weight']);
    expect(leavesOf<Tensor>(phi).map((leaf) => leaf.shape)).toEqual([
      [3, 1],
      [3, 6, 1],
    ]);
    expect(flat(theta as Tree<Tensor>)).toEqual(before);
  });

  it('clips inner gradients as told', () => {
    const theta = { layer1: { weight: tf.tensor1d([3, -0.2]) } };
    const { direction } = gradientDescent({ clip: 1 }).direction(theta, {}, 0);
    expect([...leafAt(direction, 'layer1/weight').dataSync()].map((x) => Math.round(x * 10) / 10)).toEqual([
      1, -0.2,
    ]);
    expect(() => gradientDescent({ clip: -1 })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('query targets reach neither φ nor predictions', () => {
    const learner = metaLearner(smallParts());
    const theta = learner.init(regressionSpec, rng);
    const { support, query } = regressionEpisodes(2);
    const means = [query.targets, tf.reverse(query.targets, 1)].map((targets) => {
      const episodes: EpisodeBatch = { support, query: { ...query, targets } };
      const phi = learner.adapt(theta, episodes.support, rng, regressionSpec);
      return [...learner.predict(theta, phi, episodes.query.inputs, rng, regressionSpec).mean().dataSync()];
    });
    expect(means[1]).toEqual(means[0]);
  });
});

describe('masks', () => {
  it('all leaves by name or by pattern are the same learner', () => {
    const a = adapted();
    const b = adapted({ adapted: adaptedLeaves('layer*,head/*') });
    expect(flat(b)).toEqual(flat(a));
  });

  it('leaves outside get an outer gradient and no inner step', () => {
    const learner = metaLearner(smallParts({ adapted: adaptedLeaves('head') }));
    const theta = learner.init(regressionSpec, rng);
    const gradient = outerGradient(learner, theta, regressionEpisodes(2)); // head/bias, head/weight, layer1/bias, layer1/weight
    expect(gradient.slice(7).every((g) => g !== 0)).toBe(true);
    const path = learner.solve(theta, regressionEpisodes(2).support, rng, regressionSpec, 2).phi;
    expect(path.layer1).toBeUndefined();
  });

  it('refuse to select nothing, and nonsense', () => {
    expect(() =>
      metaLearner(smallParts({ adapted: adaptedLeaves('layer9/*') })).init(regressionSpec, rng),
    ).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => adaptedLeaves('head/*,')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('know affine parameters of blocks from the bias of the head', () => {
    const affine = adaptedLeaves('affine');
    expect(['layer1/gain', 'layer1/bias', 'layer1/kernel', 'head/bias'].map(affine)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('adaptiveDescent', () => {
  it('steps by the sign of the first gradient, like Adam', () => {
    const solver = adaptiveDescent();
    const g = { head: { weight: tf.tensor1d([4, -0.01]) } };
    const { direction } = solver.direction(g, solver.init(g), 0);
    expect([...leafAt(direction, 'head/weight').dataSync()].map((x) => Math.round(x * 1000) / 1000)).toEqual([
      1, -1,
    ]);
  });
});

describe('newHeadStart', () => {
  it('starts every task at a zero head of its own size, and the rest at θ', () => {
    const learner = metaLearner(
      smallParts({ start: newHeadStart(), metaGradient: firstOrder(), steps: { train: 1, test: 0 } }),
    );
    const theta = learner.init(regressionSpec, rng);
    const phi = learner.adapt(theta, regressionEpisodes(2).support, rng, regressionSpec);
    expect(flat({ head: phi.head } as never).every((x) => x === 0)).toBe(true);
    expect(flat({ x: tf.slice(leafAt(phi, 'layer1/weight'), 0, 1) })).toEqual(
      flat({ x: leafAt(theta.model, 'layer1/weight') }),
    );
  });
});

describe('slots', () => {
  it('an outer term adds to the loss and to the gradient', () => {
    const decay: OuterTerm = {
      name: 'decay',
      value: ({ theta }) => tf.mul(tf.sum(tf.square(leafAt(theta.model, 'head/weight'))), 0.5).asScalar(),
    };
    const [plain, decayed] = [[], [decay]].map((outer) => metaLearner(smallParts({ outer })));
    const theta = plain?.init(regressionSpec, rng) as never;
    const [a, b] = [plain, decayed].map((learner) =>
      outerGradient(learner as never, theta, regressionEpisodes(2)),
    );
    const added = b?.map((x, index) => x - (a?.[index] as number)).slice(1, 7); // head/weight
    expect(
      difference(
        added as Float32Array,
        flat({ x: leafAt((theta as { model: Parameters }).model, 'head/weight') }),
      ),
    ).toBeLessThan(1e-4);
  });

  it('a solver without steps takes the place of the inner loop', () => {
    // Sets φ to the class of zero outputs and a mean: head/weight 0, head/bias mean of targets.
    const means: DirectSolver = {
      kind: 'closedForm',
      name: 'means',
      differentiable: true,
      solve(problem, support) {
        const phi = mapLeaves(problem.start(), (leaf, path) =>
          path === 'head/bias' ? tf.mean(support.targets, 1) : tf.zerosLike(leaf),
        );
        return { phi, path: [], losses: [], gradients: [] };
      },
    };
    const learner = metaLearner(smallParts({ solver: means, adapted: adaptedLeaves('head') }));
    const theta = learner.init(regressionSpec, rng);
    const { support, query } = regressionEpisodes(2);
    const phi = learner.adapt(theta, support, rng, regressionSpec);
    const found = learner.predict(theta, phi, query.inputs, rng, regressionSpec).mean();
    const expected = tf.add(tf.expandDims(tf.mean(support.labelled.targets, 1), 1), tf.zerosLike(found));
    expect(difference(found.dataSync(), expected.dataSync())).toBeLessThan(1e-5);
  });

  it('mini-batches hold items of their own task, with their own targets', () => {
    const { support } = regressionEpisodes(2);
    const seen: [Tensor, Tensor][] = [];
    const spy = {
      ...regressionSpec,
      loss: (outputs: Tensor, targets: Tensor) => {
        seen.push([outputs, targets]);
        return tf.zeros([2]);
      },
    };
    const model = { init: () => ({}), apply: (_parameters: Parameters, inputs: Tensor) => inputs };
    const loss = taskLoss({ miniBatch: 7 }).make({
      model,
      spec: spy,
      stage: 'train',
      theta: { model: {} },
      support,
      rng,
    });
    loss({}, 0);
    loss({}, 0);
    loss({}, 1);
    const { inputs, targets } = support.labelled;
    const pairs = (task: number) =>
      new Map(
        [...tf.slice(inputs, task, 1).dataSync()].map((x, i) => [
          x,
          tf.slice(targets, task, 1).dataSync()[i],
        ]),
      );
    const [outputs, drawn] = seen[0] as [Tensor, Tensor];
    expect(outputs.shape).toEqual([2, 7, 1]);
    for (const task of [0, 1]) {
      const known = pairs(task);
      const ys = tf.slice(drawn, task, 1).dataSync();
      expect(Array.from(tf.slice(outputs, task, 1).dataSync(), (x) => known.get(x))).toEqual([...ys]);
    }
    expect([...(seen[1]?.[0].dataSync() ?? [])]).toEqual([...outputs.dataSync()]); // the same step sees the same items
    expect([...(seen[2]?.[0].dataSync() ?? [])]).not.toEqual([...outputs.dataSync()]);
  });
});

describe('tensors', () => {
  it('only results stay behind', () => {
    const learner = metaLearner(smallParts({ metaGradient: reverseHvp() }));
    const { support, query } = regressionEpisodes(2);
    const before = tf.memory().numTensors;
    const theta = learner.init(regressionSpec, rng);
    const phi = tf.tidy(() => learner.adapt(theta, support, rng, regressionSpec) as never) as Parameters;
    const outer = tf.tidy(
      () => learner.metaGradient?.(theta, { support, query }, rng, regressionSpec) as never,
    );
    disposeTree(theta as Tree<Tensor>);
    disposeTree(phi);
    disposeTree(outer as Tree<Tensor>);
    expect(tf.memory().numTensors).toBe(before);
  });
});
