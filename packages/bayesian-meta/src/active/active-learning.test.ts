import {
  createRng,
  type EpisodeSpec,
  type EpisodicDistribution,
  type EpisodicLearner,
  eagerExecutor,
  type HostTensor,
} from '@tasklearn/core';
import { categorical } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { sampledPredictive } from '../engine/sampled-predictive.js';
import { activeLearning } from './active-learning.js';

const POOL = 8;
const spec: EpisodeSpec = {
  input: { shape: [1], dtype: 'float32' },
  target: { kind: 'classification', classes: 2 },
  loss: 'crossEntropy',
  ways: 2,
  supportSize: 2,
  querySize: POOL + 32,
};

/** Tasks are thresholds b in (0, 1): label 1 is x > b. The ends are known; the pool is every eighth. */
const thresholds: EpisodicDistribution = {
  kind: 'episodic',
  id: 'thresholds',
  varies: ['labels'],
  spec,
  episodes(split, first, count, rng) {
    const floats = (items: number, at: (item: number) => number): HostTensor => ({
      dtype: 'float32',
      shape: [count, items, 1],
      data: Float32Array.from({ length: count * items }, (_, index) => at(index % items)),
    });
    const support = floats(2, (item) => item);
    const query = floats(POOL + 32, (item) => (item < POOL ? (item + 0.5) / POOL : (item - POOL + 0.5) / 32));
    const labels = ({ data }: HostTensor, items: number): HostTensor => ({
      dtype: 'int32',
      shape: [count, items],
      data: Int32Array.from(data, (x, index) =>
        x >
        rng
          .split(split)
          .split(first + Math.floor(index / items))
          .next()
          ? 1
          : 0,
      ),
    });
    return {
      support: { labelled: { inputs: support, targets: labels(support, 2) } },
      query: { inputs: query, targets: labels(query, POOL + 32) },
    };
  },
};

const SAMPLES = 16;
/** The exact posterior: b uniform between the last 0 and the first 1, at the middles of 16 cells. */
const exact = {
  kind: 'episodic',
  init: () => ({}),
  adapt(_theta: object, { labelled: { inputs, targets, mask } }: never) {
    const x = (inputs as tf.Tensor).squeeze([2]);
    const counted = (mask as tf.Tensor | undefined) ?? tf.onesLike(x);
    const positive = (targets as tf.Tensor).cast('float32');
    const low = tf.max(x.mul(counted).mul(tf.sub(1, positive)), 1);
    const high = tf.min(tf.where(positive.mul(counted).greater(0.5), x, tf.onesLike(x)), 1);
    const cells = tf.range(0, SAMPLES).add(0.5).div(SAMPLES).expandDims(0);
    return { bounds: low.expandDims(1).add(high.sub(low).expandDims(1).mul(cells)) }; // [T, S]
  },
  predict(_theta: object, { bounds }: { bounds: tf.Tensor }, inputs: tf.Tensor) {
    const [tasks, items] = inputs.shape as [number, number];
    const above = tf.greater(inputs.reshape([tasks, 1, items]), bounds.expandDims(2)).cast('float32');
    const logits = above
      .sub(0.5)
      .mul(40)
      .reshape([tasks * SAMPLES, items, 1]);
    return sampledPredictive(categorical(tf.concat([tf.neg(logits), logits], 2)), SAMPLES);
  },
} as unknown as EpisodicLearner;

const run = (acquisition: 'random' | 'maximumEntropy' | 'mutualInformation' | 'variance', rounds = 3) =>
  activeLearning({
    learner: exact,
    theta: {},
    distribution: thresholds,
    split: 'test',
    count: 24,
    pool: POOL,
    rounds,
    acquisition,
    executor: eagerExecutor(),
    rng: createRng('questions'),
  });
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('activeLearning', () => {
  it('asks about the middle first, where a threshold is most uncertain, and halves what is left', async () => {
    const { asked, scores, losses, metric } = await run('maximumEntropy');
    expect(metric).toBe('accuracy');
    for (const item of asked[0] as Int32Array) expect(Math.abs(item - 3.5)).toBeLessThan(1);
    // Bisection: after r questions b is known within 2^−r; a median guess errs by half a quarter of it on average.
    for (const [labels, own] of scores.entries())
      expect(Math.abs(mean(own) - (1 - 2 ** -labels / 4))).toBeLessThan(0.05);
    for (let labels = 1; labels < losses.length; labels++)
      expect(mean(losses[labels] as Float32Array)).toBeLessThan(mean(losses[labels - 1] as Float32Array));
  });

  it('does as well by mutual information and by variance, and better than by chance', async () => {
    const byChance = mean((await run('random')).losses[2] as Float32Array);
    for (const acquisition of ['mutualInformation', 'variance'] as const)
      expect(mean((await run(acquisition)).losses[2] as Float32Array)).toBeLessThan(0.7 * byChance);
  });

  it('asks for every item once, and at the end knows as much whatever the order', async () => {
    const [one, other] = [await run('random', POOL), await run('variance', POOL)];
    for (const { asked } of [one, other])
      for (let task = 0; task < 24; task++)
        expect(new Set(asked.map((items) => items[task])).size).toBe(POOL);
    expect(one.scores.at(-1)).toEqual(other.scores.at(-1));
  });

  it('is the same again for the same stream', async () => {
    expect((await run('random')).asked).toEqual((await run('random')).asked);
  });

  it('refuses counts that the pool cannot give', async () => {
    await expect(run('random', POOL + 1)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    await expect(run('random', 0)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});
