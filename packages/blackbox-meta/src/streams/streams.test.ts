import {
  createRng,
  type EpisodeResult,
  type EpisodicDistribution,
  type EpisodicLearner,
  type Executor,
  eagerExecutor,
  evaluateEpisodes,
  type HostTensor,
  leavesOf,
  metaTrain,
  type Tree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { cueRecall, erasedBitError, evenStarts, labelStream, patternCompletion } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createBackpropamine,
  createDifferentiablePlasticity,
  createLstm,
  createMann,
} from '../create-learners.js';
import { accuracyByInstance } from './accuracy-by-instance.js';

beforeAll(() => tf.setBackend('cpu'));

const executor = compiledExecutor({ fallback: 'error', threads: 1 });

async function trained(
  learner: EpisodicLearner,
  distribution: EpisodicDistribution,
  updates: number,
  on: Executor = executor,
  tasksPerUpdate = 16,
): Promise<Tree<HostTensor>> {
  const run = {
    learner,
    distribution,
    executor: on,
    seed: 0,
    updates,
    tasksPerUpdate,
    logEvery: updates,
  };
  for await (const event of metaTrain(run)) if (event.kind === 'finished') return event.theta;
  throw new Error('no end');
}

const tested = (
  learner: EpisodicLearner,
  theta: Tree<HostTensor>,
  distribution: EpisodicDistribution,
  count: number,
) =>
  evaluateEpisodes({ learner, theta, distribution, executor, split: 'test', count, rng: createRng('test') });

describe('lifetimes', () => {
  const reading = { queryMode: 'sequential', labels: 'inputs' } as const;
  const optimizer = { learningRate: 3e-3, clipNorm: 5 };

  const learners = {
    lstm: createLstm({ ...reading, layers: [4] }),
    mann: createMann({ ...reading, controller: 4, slots: 5, width: 3, heads: 2 }),
    backpropamine: createBackpropamine({ ...reading, size: 4, fanOut: true }),
  };
  for (const [name, learner] of Object.entries(learners))
    it(`${name} is trained compiled as eagerly`, async () => {
      const distribution = cueRecall({ bits: 3, cues: 2, trials: 1 });
      const before = tf.memory().numTensors;
      const [eager, compiled] = [
        await trained(learner, distribution, 2, eagerExecutor()),
        await trained(learner, distribution, 2),
      ].map((theta) => leavesOf(theta).flatMap((leaf) => [...(leaf as HostTensor).data]));
      expect(tf.memory().numTensors).toBe(before);
      const apart = Math.max(
        ...(eager ?? []).map((value, at) => Math.abs(value - ((compiled ?? [])[at] as number))),
      );
      expect(apart).toBeLessThan(1e-4);
    });

  it('plastic connections complete patterns that fixed ones do not', async () => {
    const distribution = patternCompletion({ bits: 16, patterns: 2, shown: 2, cue: 2 });
    const errorOf = async (plasticity: 'perWeight' | 'zero') => {
      const shape = { ...reading, size: 16, inputs: 'clamped', rule: 'hebb', plasticity, optimizer } as const;
      const learner = createDifferentiablePlasticity({
        ...shape,
        optimizer: { ...optimizer, learningRate: 0.01 },
      });
      const theta = await trained(learner, distribution, 250);
      const results = await tested(learner, theta, distribution, 60);
      const episodes = distribution.episodes('test', 0, 60, createRng('test').split('episodes'));
      return results.reduce((sum, { means }, at) => sum + erasedBitError(episodes, at, means.data), 0) / 60;
    };
    expect(await errorOf('perWeight')).toBeLessThan(0.2);
    expect(await errorOf('zero')).toBeGreaterThan(0.28);
  });

  it('MANN binds labels that come late: at the second instance it knows what it could but guess at the first', async () => {
    // Images of eight pixels, each class with one of its own; classes of a lifetime are drawn among eight.
    const pixels = Uint8Array.from({ length: 8 * 3 * 9 }, (_, at) =>
      at % 9 === Math.floor(at / 27) ? 255 : 0,
    );
    const all = [0, 1, 2, 3, 4, 5, 6, 7];
    const images = { pixels, classNames: all.map(String), starts: evenStarts(8, 3), side: 3 };
    const splits = { train: all, validation: [], test: [] };
    const distribution = labelStream('@acme/stream', images, splits, {
      ways: 2,
      instances: 3,
      rotations: 'none',
    });
    const network = { architecture: 'mlp' } as const;
    const learner = createMann({
      queryMode: 'sequential',
      labels: 'row',
      network,
      controller: 24,
      slots: 8,
      width: 8,
      heads: 1,
      optimizer: { learningRate: 0.02 },
    });
    const theta = await trained(learner, distribution, 400, executor, 32);
    const options = {
      learner,
      theta,
      distribution,
      executor,
      split: 'train',
      first: 1e6,
      count: 200,
    } as const;
    const [first, second] = accuracyByInstance(
      await evaluateEpisodes({ ...options, rng: createRng('test') }),
    );
    // Of two classes, the first to come is guessed, and the other is known to be new: 3/4 at best.
    expect(first?.accuracy).toBeGreaterThan(0.4);
    expect(first?.accuracy).toBeLessThan(0.82);
    expect(second?.accuracy).toBeGreaterThan(0.85);
  });
});

describe('accuracyByInstance', () => {
  const result = (labels: number[], answers: number[]): EpisodeResult => ({
    index: 0,
    metric: 'accuracy',
    score: 0,
    loss: 0,
    means: {
      dtype: 'float32',
      shape: [labels.length, 2],
      data: Float32Array.from(answers.flatMap((answer) => [1 - answer, answer])),
    },
    losses: new Float32Array(0),
    targets: { dtype: 'int32', shape: [labels.length], data: Int32Array.from(labels) },
  });

  it('counts how often a class was met before', () => {
    const results = [result([0, 1, 0, 1, 0], [1, 1, 0, 1, 0]), result([1, 1, 0, 0, 0], [0, 1, 1, 0, 1])];
    const found = accuracyByInstance(results);
    expect(found.map(({ instance, accuracy }) => [instance, accuracy])).toEqual([
      [1, 0.25],
      [2, 1],
      [3, 0.5],
    ]);
    // Shares 0.5 and 0: standard deviation √0.125, over two lifetimes.
    expect(found[0]?.half).toBeCloseTo((1.96 * Math.sqrt(0.125)) / Math.SQRT2, 6);
  });

  it('refuses regressions', () => {
    const regression = { ...result([0], [0]), metric: 'squaredError' } as const;
    expect(() => accuracyByInstance([regression])).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK' }),
    );
  });
});
