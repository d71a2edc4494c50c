import { createRng, type EpisodeSpec, type EpisodicLearner } from '@tasklearn/core';
import { adam } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBackpropamine, createLstm, createMann, createSnail } from '../create-learners.js';
import { recurrentCore } from '../sequence/recurrent.js';
import { scanning } from './scan.js';
import type { Memory, SequenceCore } from './sequence-core.js';
import { type ReadingOptions, readingDefaults, sequenceLearner } from './sequence-learner.js';

beforeAll(() => tf.setBackend('cpu'));
beforeEach(() => tf.engine().startScope());
afterEach(() => tf.engine().endScope());

const values = (tensor: unknown) => [...(tensor as Tensor).dataSync()];
const rng = createRng(0);
const spec: EpisodeSpec = {
  input: { shape: [2], dtype: 'float32' },
  target: { kind: 'classification', classes: 3 },
  loss: 'crossEntropy',
  ways: 3,
  supportSize: 3,
  querySize: 4,
};
const support = {
  inputs: createRng(1).normal([1, 3, 2]),
  targets: tf.tensor2d([[2, 0, 1]], [1, 3], 'int32'),
};

/** A core that remembers what it is shown, and answers by the queries themselves. */
function transparent(shown: Tensor[]): SequenceCore {
  return {
    name: 'transparent',
    outputSize: ({ itemSize }) => itemSize,
    init: () => ({}),
    observe(_parameters, items) {
      shown.push(items);
      return {};
    },
    answer(_parameters, _memory, queries) {
      shown.push(queries);
      return queries;
    },
    follow(_parameters, _memory, queries) {
      shown.push(queries);
      return queries;
    },
  };
}

function shownTo(reading: ReadingOptions, of: EpisodeSpec, inputs: Tensor, supportInputs = support.inputs) {
  const shown: Tensor[] = [];
  const learner = sequenceLearner({
    embedding: () => undefined,
    core: transparent(shown),
    optimizer: adam({ learningRate: 1e-3 }),
    reading,
  });
  const theta = learner.init(of, rng);
  const phi = learner.adapt(theta, { labelled: { ...support, inputs: supportInputs } }, rng, of);
  learner.predict(theta, phi, inputs, rng, of);
  return shown as [Tensor, Tensor];
}

describe('sequenceLearner', () => {
  it('joins labels to support items, and zeros to queries', () => {
    const inputs = createRng(2).normal([1, 4, 2]);
    const [items, queries] = shownTo(readingDefaults, spec, inputs);
    expect(values(tf.slice(items, [0, 0, 2], [1, 3, 3]))).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect(values(tf.slice(items, [0, 0, 0], [1, 3, 2]))).toEqual(values(support.inputs));
    expect(values(tf.slice(queries, [0, 0, 2], [1, 4, 3]))).toEqual(new Array(12).fill(0));
    expect(values(tf.slice(queries, [0, 0, 0], [1, 4, 2]))).toEqual(values(inputs));
  });

  it('reads labels from the last row of an image, or leaves them where they are', () => {
    const images: EpisodeSpec = { ...spec, input: { shape: [3, 4, 1], dtype: 'float32' } };
    const inputs = tf.range(0, 24).reshape([1, 2, 3, 4, 1]);
    const blank = tf.zeros([1, 3, 3, 4, 1]);
    const [, queries] = shownTo({ queryMode: 'sequential', labels: 'row' }, images, inputs, blank);
    expect(values(queries)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
    ]);
    const [, whole] = shownTo({ queryMode: 'sequential', labels: 'inputs' }, images, inputs, blank);
    expect(values(whole)).toEqual(values(inputs));
  });

  it('has no path from query labels to outputs: with a loss that does not read them their gradient is exactly 0', () => {
    const regression: EpisodeSpec = {
      ...spec,
      target: { kind: 'regression', shape: [1] },
      loss: (outputs, targets) => tf.sum(outputs, [1, 2]).add(tf.sum(targets.mul(0), [1, 2])),
    };
    const labelled = { inputs: support.inputs, targets: createRng(4).normal([1, 3, 1]) };
    const inputs = createRng(2).normal([1, 4, 2]);
    for (const learner of [
      createLstm({ layers: [6] }),
      createMann({ controller: 6, slots: 6, width: 4, heads: 2 }),
      createSnail({ filters: 4, attention: [4, 4, 4, 4] }),
      createBackpropamine({ size: 6 }),
    ]) {
      const theta = learner.init(regression, rng);
      const loss = (supportTargets: Tensor, queryTargets: Tensor) =>
        learner.metaLoss?.(
          theta,
          {
            support: { labelled: { ...labelled, targets: supportTargets } },
            query: { inputs, targets: queryTargets },
          },
          rng,
          regression,
        ).loss as tf.Scalar;
      const [ofSupport, ofQuery] = tf.grads(loss)([labelled.targets, createRng(5).normal([1, 4, 1])]);
      expect(values(ofQuery)).toEqual([0, 0, 0, 0]);
      expect(values(ofSupport).some((value) => Math.abs(value) > 1e-6)).toBe(true);
    }
  });
});

describe('scanning', () => {
  const step = recurrentCore('lstm', { cell: 'lstm', layers: [3, 2] });
  const core = scanning(step);
  const own = step.init({ itemSize: 5, supportSize: 4 }, createRng(1));
  const items = createRng(3).normal([2, 6, 5]);
  const at = (index: number) => tf.slice(items, [0, index, 0], [2, 1, 5]);

  it('is its steps one by one, in both query modes', () => {
    const outputs: Tensor[] = [];
    let state: Memory = step.start(own, 2);
    for (let index = 0; index < 6; index++) {
      const next = step.step(own, state, at(index));
      outputs.push(next.output);
      state = next.state;
    }
    const first = core.observe(own, tf.slice(items, [0, 0, 0], [2, 4, 5]), undefined);
    const rest = tf.slice(items, [0, 4, 0], [2, 2, 5]);
    expect(values(core.follow?.(own, first, rest))).toEqual(values(tf.concat(outputs.slice(4), 1)));
    const apart = core.answer(own, first, rest);
    expect(values(tf.slice(apart, [0, 0, 0], [2, 1, 2]))).toEqual(values(outputs[4]));
    expect(values(tf.slice(apart, [0, 1, 0], [2, 1, 2]))).not.toEqual(values(outputs[5]));
  });

  it('carries the state through masked items unchanged', () => {
    const mask = tf.tensor2d([1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1], [2, 6]);
    const state = core.observe(own, items, mask);
    const kept = tf.concat([at(0), at(2), at(3)], 1);
    const expected = core.observe(own, kept, undefined);
    for (const [name, leaf] of Object.entries(state))
      for (const [index, value] of values(tf.slice(leaf as Tensor, 0, 1)).entries())
        expect(value).toBeCloseTo(values(tf.slice(expected[name] as Tensor, 0, 1))[index] as number, 6);
  });
});

describe('queries read in turn', () => {
  const reading = { queryMode: 'sequential', labels: 'inputs' } as const;
  const lifetime: EpisodeSpec = { ...spec, supportSize: 1, querySize: 5 };
  const blank = {
    inputs: tf.zeros([1, 1, 2]),
    targets: tf.zeros([1, 1], 'int32'),
    mask: tf.zeros([1, 1]),
  };
  const learners: Readonly<Record<string, EpisodicLearner>> = {
    lstm: createLstm({ ...reading, layers: [4] }),
    mann: createMann({ ...reading, controller: 4, slots: 5, width: 3, heads: 2 }),
    backpropamine: createBackpropamine({ ...reading, size: 4 }),
  };

  for (const [name, learner] of Object.entries(learners)) {
    it(`${name}: a step depends on those before it, not on those after`, () => {
      const theta = learner.init(lifetime, createRng(1));
      const phi = learner.adapt(theta, { labelled: blank }, rng, lifetime);
      const inputs = createRng(2).normal([1, 5, 2]);
      const predict = (given: Tensor) => values(learner.predict(theta, phi, given, rng, lifetime).mean());
      const change = (index: number) => {
        const rows = tf.unstack(inputs, 1);
        rows[index] = createRng(9).normal([1, 2]);
        return predict(tf.stack(rows, 1));
      };
      const before = predict(inputs);
      expect(change(4).slice(0, 12)).toEqual(before.slice(0, 12));
      expect(change(0).slice(12)).not.toEqual(before.slice(12));
    });
  }

  it('refuses a core that reads all at once', () => {
    const core: SequenceCore = { ...transparent([]) };
    const { follow: _, ...apart } = core;
    const parts = { embedding: () => undefined, optimizer: adam({ learningRate: 1e-3 }), reading };
    expect(() => sequenceLearner({ ...parts, core: apart })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
