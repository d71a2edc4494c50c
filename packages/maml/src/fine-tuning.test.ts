import {
  createRng,
  type EpisodeBatch,
  type EpisodicLearner,
  type PartialOptions,
  pathsOf,
  toDevice,
} from '@tasklearn/core';
import { sinusoids } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { clusters } from './__fixtures__/clusters.js';
import { difference, flat } from './__fixtures__/small-regression.js';
import { score, train } from './__fixtures__/train.js';
import { createFineTuning, type FineTuningOptions } from './fine-tuning.js';
import { createFromScratch } from './from-scratch.js';

beforeAll(() => tf.setBackend('cpu'));

const rng = createRng('fine-tuning');
const episodes = toDevice(clusters().episodes('train', 0, 2, rng)) as EpisodeBatch;

function adapt(options: PartialOptions<FineTuningOptions>) {
  const learner = createFineTuning({ model: { hidden: [5, 5] }, steps: 3, ...options });
  const { spec } = clusters();
  const theta = learner.init(spec, rng);
  return { theta, phi: learner.adapt(theta, episodes.support, rng, spec), learner, spec };
}

describe('createFineTuning', () => {
  it('pre-trains on all classes: one head over them, and better than chance', () => {
    const { theta, learner, spec } = adapt({});
    expect(theta.model.head?.weight?.shape).toEqual([5, 12]);
    const outer = learner.metaLoss as NonNullable<typeof learner.metaLoss>;
    const { loss, metrics } = outer(theta, episodes, rng, spec);
    expect(loss.dataSync()[0]).toBeGreaterThan(0.5 * Math.log(12));
    expect(metrics.accuracy?.dataSync()[0]).toBeLessThan(0.6);
  });

  it('classifies classes it has never seen', async () => {
    const learner = createFineTuning({
      model: { hidden: [24] },
      learningRate: 0.3,
      steps: 15,
    }) as EpisodicLearner;
    const theta = await train(learner, clusters(), { updates: 150, tasksPerUpdate: 4 });
    expect(await score(learner, clusters(), theta)).toBeGreaterThan(0.8);
  });

  it('of frozen layers leaves no trace in φ; a new head starts at zero', () => {
    const { phi } = adapt({ frozenLayers: 1 });
    expect(pathsOf(phi)).toEqual(['head/bias', 'head/weight', 'layer2/bias', 'layer2/weight']);
    const { phi: start } = adapt({ steps: 0 });
    expect(start.head?.weight?.shape).toEqual([2, 5, 3]);
    expect([...(start.head?.weight?.dataSync() ?? [1])].every((x) => x === 0)).toBe(true);
  });

  it('with ρ = 1 is plain gradient descent, and with ρ < 1 moves lower layers less', () => {
    const changes = (options: PartialOptions<FineTuningOptions>) => {
      const { theta, phi } = adapt({ learningRate: 0.1, head: 'keep', pooledLabels: 'episode', ...options });
      return ['layer1', 'layer2', 'head'].map(
        (layer) =>
          tf
            .norm(tf.sub(phi[layer]?.weight as tf.Tensor, theta.model[layer]?.weight as tf.Tensor))
            .dataSync()[0] as number,
      );
    };
    const plain = changes({});
    const { theta, spec } = adapt({ head: 'keep', pooledLabels: 'episode' });
    const scratch = createFromScratch({
      model: { hidden: [5, 5] },
      steps: 3,
      learningRate: 0.1,
      innerOptimizer: 'sgd',
    });
    const { phi } = adapt({ learningRate: 0.1, head: 'keep', pooledLabels: 'episode' });
    expect(difference(flat(phi), flat(scratch.adapt(theta, episodes.support, rng, spec)))).toBeLessThan(1e-6);
    const discriminative = changes({ layerRateDecay: 1 / 2.6, steps: 1 });
    const plainOnce = changes({ steps: 1 });
    const ratios = discriminative.map((change, index) => change / (plainOnce[index] as number));
    expect(difference(ratios, [1 / 2.6 ** 2, 1 / 2.6, 1])).toBeLessThan(1e-4);
    expect(plain.every((change) => change > 0)).toBe(true);
  });

  it('follows a schedule and unfreezes from the top', () => {
    const { theta, phi } = adapt({
      gradualUnfreezing: true,
      schedule: 'slantedTriangular',
      steps: 1,
      head: 'auto',
    });
    const first = tf.slice(phi.layer1?.weight as tf.Tensor, [0, 0, 0], [1, 6, 5]);
    expect(flat({ first })).toEqual(flat({ first: theta.model.layer1?.weight as tf.Tensor }));
  });

  it('keeps the head for regression, and there finds the best single function: −(2/π) E[A] cos x with error 3.006', async () => {
    const options = { model: { hidden: [24, 24] }, optimizer: { learningRate: 5e-3 } };
    const learner = createFineTuning({ ...options, steps: 0 }) as EpisodicLearner;
    const theta = await train(learner, sinusoids(), { updates: 500, tasksPerUpdate: 25 });
    const tasks = sinusoids({ queries: 50, testGrid: true });
    const floor = await score(learner, tasks, theta, 400);
    expect(floor).toBeGreaterThan(2.6);
    expect(floor).toBeLessThan(3.5);
    const tuned = await score(
      createFineTuning({ ...options, steps: 10 }) as EpisodicLearner,
      tasks,
      theta,
      400,
    );
    expect(tuned).toBeLessThan(0.85 * floor);
  });

  it('says what a distribution must carry', () => {
    const anonymous = clusters(3, 4, false);
    expect(() => createFineTuning().init(anonymous.spec, rng)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK', details: { missing: 'trainingClasses' } }),
    );
    const { theta, learner, spec } = adapt({});
    const { support, query } = toDevice(clusters().episodes('test', 0, 2, rng)) as EpisodeBatch;
    expect(() => learner.metaLoss?.(theta, { support, query }, rng, spec)).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_TASK', details: { missing: 'identities' } }),
    );
    expect(
      createFineTuning({ pooledLabels: 'episode' }).init(anonymous.spec, rng).model.head?.bias?.shape,
    ).toEqual([3]);
  });

  it('refuses bad options by code', () => {
    const bad: PartialOptions<FineTuningOptions>[] = [
      { steps: -1 },
      { learningRate: 0 },
      { layerRateDecay: 0 },
      { layerRateDecay: 1.1 },
      { frozenLayers: -1 },
      { frozenLayers: 0.5 },
      { head: 'drop' as never },
      { head: 'keep' },
      { schedule: 'cosine' as never },
      { innerOptimizer: 'rms' as never },
      { pooledLabels: 'none' as never },
    ];
    for (const options of bad) {
      expect(() => createFineTuning(options).init(clusters().spec, rng), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
  });
});

describe('createFromScratch', () => {
  it('is not meta-trained, and fits its support set', () => {
    const learner = createFromScratch({ model: { hidden: [16] }, steps: 40 });
    expect([learner.metaLoss, learner.metaGradient, learner.optimizer]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const { spec } = clusters();
    const theta = learner.init(spec, rng);
    const { inputs, targets } = episodes.support.labelled;
    const fitted = tf.tidy(() => {
      const phi = learner.adapt(theta, episodes.support, rng, spec);
      const chosen = tf.argMax(learner.predict(theta, phi, inputs, rng, spec).mean(), -1);
      return tf.mean(tf.cast(tf.equal(chosen, targets), 'float32')).dataSync()[0];
    });
    expect(fitted).toBe(1);
  });

  it('refuses bad options by code', () => {
    for (const options of [{ steps: -1 }, { learningRate: 0 }, { innerOptimizer: 'x' as never }]) {
      expect(() => createFromScratch(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
