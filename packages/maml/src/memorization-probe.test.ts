import { createRng, type EpisodeBatch, type EpisodicLearner, toDevice } from '@tasklearn/core';
import { predictiveOf } from '@tasklearn/nn';
import { gaussianEpisodes } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusters } from './__fixtures__/clusters.js';
import { regressionEpisodes, regressionSpec } from './__fixtures__/small-regression.js';
import { train } from './__fixtures__/train.js';
import { adaptationCurve } from './adaptation-curve.js';
import { createMaml } from './maml.js';
import { memorizationProbe } from './memorization-probe.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('probe');
const { spec } = clusters();
const episodes = toDevice(clusters().episodes('train', 0, 4, rng)) as EpisodeBatch;

function probe(learner: EpisodicLearner, batch = episodes, of = spec): number {
  return memorizationProbe(learner, learner.init(of, rng), batch, rng, of).dataSync()[0] as number;
}

/** Predicts a constant per task: the mean of its support targets. */
const meanLearner: EpisodicLearner = {
  kind: 'episodic',
  init: () => ({}),
  adapt: (_theta, support) => ({ mean: tf.mean(support.labelled.targets, 1, true) }), // [T, 1, 1]
  predict: (_theta, phi, inputs) =>
    predictiveOf(regressionSpec, tf.add((phi as { mean: tf.Tensor }).mean, tf.zerosLike(inputs))),
};

describe('memorizationProbe', () => {
  it('is 0 for a learner that ignores its support set, and not for one that adapts', () => {
    const model = { hidden: [8], initializer: { name: 'glorotUniform' } } as const;
    expect(probe(createMaml({ testSteps: 0, model }) as EpisodicLearner)).toBe(0);
    expect(
      probe(createMaml({ testSteps: 5, innerLearningRate: 0.5, model }) as EpisodicLearner),
    ).toBeGreaterThan(0.1);
  });

  it('is half the squared distance of the means for unit-variance predictions', () => {
    const batch = regressionEpisodes(2);
    const [a = 0, b = 0] = tf.mean(batch.support.labelled.targets, [1, 2]).dataSync();
    expect(probe(meanLearner, batch, regressionSpec)).toBeCloseTo(0.5 * (a - b) ** 2, 5);
  });

  it('refuses one task, and predictions it has no divergence for', () => {
    const unsupported = expect.objectContaining({ code: 'UNSUPPORTED_TASK' });
    expect(() => probe(meanLearner, regressionEpisodes(1), regressionSpec)).toThrow(unsupported);
    const odd: EpisodicLearner = {
      ...meanLearner,
      predict: (theta, phi, inputs, noise) => ({
        ...meanLearner.predict(theta, phi, inputs, noise, regressionSpec),
        family: 'odd',
      }),
    };
    expect(() => probe(odd, regressionEpisodes(2), regressionSpec)).toThrow(unsupported);
  });

  it('leaves nothing behind but its result', () => {
    const learner = createMaml({ model: { hidden: [4] } });
    const theta = learner.init(spec, rng);
    const before = tf.memory().numTensors;
    memorizationProbe(learner, theta, episodes, rng, spec).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('fixed labels', () => {
  it('let MAML memorise its tasks: right before adapting, and less dependent on the support set', async () => {
    const model = { hidden: [48, 48], initializer: { name: 'glorotUniform' } } as const;
    const learner = createMaml({
      innerLearningRate: 0.1,
      testSteps: 1,
      model,
      optimizer: { learningRate: 3e-3 },
    });
    const trained = async (labels: 'shuffled' | 'fixed') => {
      const tasks = gaussianEpisodes({ shots: 2, queries: 4, noise: 0.3, trainClasses: 20, labels });
      const theta = await train(learner as EpisodicLearner, tasks, { updates: 250, tasksPerUpdate: 8 });
      const device = toDevice(theta) as ReturnType<typeof learner.init>;
      const batch = toDevice(tasks.episodes('train', 5000, 20, rng)) as EpisodeBatch;
      const before = adaptationCurve(
        learner,
        device,
        batch,
        rng,
        tasks.spec,
        1,
      ).accuracy?.dataSync()[0] as number;
      const swap = memorizationProbe(learner, device, batch, rng, tasks.spec).dataSync()[0] as number;
      return { before, swap };
    };
    const [shuffled, fixed] = [await trained('shuffled'), await trained('fixed')];
    expect(shuffled.before).toBeLessThan(0.35); // chance is 0.2
    expect(fixed.before).toBeGreaterThan(0.6);
    expect(fixed.swap).toBeLessThan(shuffled.swap / 2);
  });
});

describe('adaptationCurve', () => {
  const learner = createMaml({
    innerLearningRate: 0.3,
    model: { hidden: [8], initializer: { name: 'glorotUniform' } },
  });
  const theta = learner.init(spec, rng);

  it('follows loss, accuracy, gradient and distance over more steps than were trained', () => {
    const curve = adaptationCurve(learner, theta, episodes, rng, spec, 10);
    const [loss, accuracy] = [curve.queryLoss.dataSync(), curve.accuracy?.dataSync() ?? []];
    expect([curve.queryLoss, curve.accuracy, curve.relativeChange].map((t) => t?.shape)).toEqual([
      [11],
      [11],
      [11],
    ]);
    expect(curve.gradientNorm.shape).toEqual([10]);
    expect(loss[10]).toBeLessThan(loss[0] as number);
    expect(accuracy[10]).toBeGreaterThan(accuracy[0] as number);
    expect(curve.relativeChange.dataSync()[0]).toBe(0);
    expect(curve.relativeChange.dataSync()[10]).toBeGreaterThan(0.01);
    expect([...curve.gradientNorm.dataSync()].every((norm) => norm > 0)).toBe(true);
  });

  it('refuses to follow no steps', () => {
    expect(() => adaptationCurve(learner, theta, episodes, rng, spec, 0)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('starts at the loss of θ itself', () => {
    const { queryLoss } = adaptationCurve(learner, theta, episodes, rng, spec, 1);
    const still = createMaml({ testSteps: 0, model: { hidden: [8] } });
    const phi = still.adapt(theta, episodes.support, rng, spec);
    const logs = still
      .predict(theta, phi, episodes.query.inputs, rng, spec)
      .logProbability(episodes.query.targets);
    expect(queryLoss.dataSync()[0]).toBeCloseTo(-(tf.mean(logs).dataSync()[0] as number), 5);
  });
});
