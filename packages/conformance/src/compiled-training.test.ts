import {
  createRng,
  type EpisodicLearner,
  eagerExecutor,
  evaluateEpisodes,
  type FinishedEvent,
  type MetaTrainOptions,
  memoryCheckpointStore,
  metaTrain,
  type TrainingEvent,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { linearMaml } from './__fixtures__/toy-plugin.js';
import { demandClose } from './compare.js';
import { trivialDistribution } from './episodes/trivial-distribution.js';

const distribution = trivialDistribution({
  input: { shape: [4], dtype: 'float32' },
  target: { kind: 'classification', classes: 3 },
  loss: 'crossEntropy',
  supportSize: 3,
  querySize: 6,
  ways: 3,
  shots: 1,
});
const learner = linearMaml({
  innerLearningRate: 0.5,
  outerLearningRate: 0.02,
  start: 'random',
}) as unknown as EpisodicLearner;
const options = { learner, distribution, seed: 3, updates: 8, tasksPerUpdate: 4 };
const validation = { episodes: 5, every: 3, tasksPerBatch: 2 };

async function collect(
  more: Pick<MetaTrainOptions, 'executor'> & Partial<MetaTrainOptions>,
): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of metaTrain({ ...options, validation, ...more })) events.push(event);
  return events;
}

const last = (events: readonly TrainingEvent[]) => events.at(-1) as FinishedEvent;

describe('meta-training on the compiled executor', () => {
  const executor = compiledExecutor({ fallback: 'error' });

  it('goes the way of the eager one', async () => {
    const [compiled, eager] = [await collect({ executor }), await collect({ executor: eagerExecutor() })];
    expect(compiled.map(({ kind }) => kind)).toEqual(eager.map(({ kind }) => kind));
    demandClose('θ', last(compiled).last, last(eager).last, 1e-5);
    const losses = (events: readonly TrainingEvent[]) =>
      events.flatMap((event) => (event.kind === 'update' ? [event.loss] : []));
    losses(compiled).forEach((loss, update) => {
      expect(loss).toBeCloseTo(losses(eager)[update] as number, 5);
    });
    const evaluate = (theta: FinishedEvent['theta'], own: typeof executor) =>
      evaluateEpisodes({
        learner,
        theta,
        distribution,
        executor: own,
        split: 'test',
        count: 3,
        rng: createRng(1),
      });
    const { theta } = last(eager);
    const [a, b] = [await evaluate(theta, executor), await evaluate(theta, eagerExecutor())];
    a.forEach(({ loss }, index) => {
      expect(loss).toBeCloseTo(b[index]?.loss as number, 5);
    });
  });

  it('makes the same bits when stopped and resumed, and holds no tensor', async () => {
    const before = tf.memory().numTensors;
    const whole = last(await collect({ executor }));
    const store = memoryCheckpointStore();
    const controller = new AbortController();
    for await (const event of metaTrain({
      ...options,
      validation,
      executor,
      store,
      signal: controller.signal,
    })) {
      if (event.kind === 'update' && event.update === 4) controller.abort();
      expect(tf.memory().numTensors).toBe(before);
    }
    expect(last(await collect({ executor, store }))).toEqual(whole);
    expect(tf.memory().numTensors).toBe(before);
  });
});
