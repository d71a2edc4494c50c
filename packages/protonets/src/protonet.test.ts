import {
  createRegistry,
  createRng,
  type EpisodicDistribution,
  type EpisodicLearner,
  evaluateEpisodes,
  type HostTensor,
  meanOfResults,
  metaTrain,
  type PartialOptions,
  type Tree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import { gaussianEpisodes } from '@tasklearn/tasks';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNearestNeighbour } from './nearest-neighbour.js';
import { protonetsPlugin } from './plugin.js';
import { createProtonet, type ProtonetOptions } from './protonet.js';

beforeAll(() => tf.setBackend('cpu'));

const executor = compiledExecutor({ fallback: 'error' });
const model = { hidden: [48, 48], embeddingSize: 16 };

async function train(learner: EpisodicLearner, distribution: EpisodicDistribution, updates: number) {
  const options = { learner, distribution, executor, seed: 0, updates, tasksPerUpdate: 8, logEvery: updates };
  for await (const event of metaTrain(options)) if (event.kind === 'finished') return event.theta;
  throw new Error('metaTrain ended without a result');
}

async function accuracy(
  learner: EpisodicLearner,
  distribution: EpisodicDistribution,
  theta: Tree<HostTensor> = {},
) {
  const options = {
    learner,
    executor,
    distribution,
    split: 'test',
    count: 100,
    theta,
    rng: createRng('test'),
  } as const;
  return meanOfResults(await evaluateEpisodes(options)).score;
}

describe('createProtonet', () => {
  it('learns a space for classes it has never seen, and serves any ways and shots', async () => {
    const learner = createProtonet({ model, optimizer: { learningRate: 3e-3 } }) as EpisodicLearner;
    const theta = await train(learner, gaussianEpisodes({ ways: 5, shots: 1, queries: 5 }), 250);
    const episodes = (ways: number, shots: number) => gaussianEpisodes({ ways, shots, queries: 4 });
    const trained = await accuracy(learner, episodes(5, 1), theta);
    const raw = await accuracy(createNearestNeighbour() as EpisodicLearner, episodes(5, 1));
    expect(raw).toBeLessThan(0.5); // reference .391
    expect(trained).toBeGreaterThan(0.68); // reference .829 after 5,000 updates
    expect(await accuracy(learner, episodes(5, 5), theta)).toBeGreaterThan(trained + 0.05);
    const more = await accuracy(learner, episodes(12, 1), theta);
    expect(more).toBeLessThan(trained);
    expect(more).toBeGreaterThan(0.4);
  });

  it('learns by scaled cosines, too', async () => {
    const learner = createProtonet({
      model,
      distance: 'cosine',
      optimizer: { learningRate: 3e-3 },
    }) as EpisodicLearner;
    const theta = await train(learner, gaussianEpisodes({ ways: 5, shots: 1, queries: 5 }), 150);
    expect(
      await accuracy(learner, gaussianEpisodes({ ways: 5, shots: 1, queries: 4 }), theta),
    ).toBeGreaterThan(0.55);
  });

  it('refuses bad options by code', () => {
    const bad: PartialOptions<ProtonetOptions>[] = [
      { distance: 'manhattan' as never },
      { cosineScale: 0 },
      { temperature: -1 },
      { trainingStatistics: 'running' as never },
      { optimizer: { learningRate: 0 } },
      { optimizer: { schedule: { name: 'stepDecay', every: 0 } } },
      { model: { hidden: [0] } },
      { model: { embeddingSize: 0.5 } },
      { model: { filters: 0 } },
      { model: { activation: 'step' as never } },
      { model: { initializer: { name: 'ones' as never } } },
      { distances: 'cosine' } as never,
    ];
    for (const options of bad) {
      expect(() => createProtonet(options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    }
  });
});

describe('the plugin', () => {
  it('makes every learner from its defaults', () => {
    const registry = createRegistry([protonetsPlugin]);
    for (const key of Object.keys(protonetsPlugin.learners)) {
      expect(registry.createLearner(`@tasklearn/protonets/${key}`, {}).kind).toBe('episodic');
    }
  });
});
