import type { Scalar, Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { clusters, lines } from '../__fixtures__/toy-distributions.js';
import {
  gradientStepLearner,
  meanEmbeddingLearner,
  prototypeLearner,
  untrainedLearner,
} from '../__fixtures__/toy-learners.js';
import { descent } from '../__fixtures__/toy-optimizers.js';
import {
  type CheckpointStore,
  decodeCheckpoint,
  type EpisodicLearner,
  eagerExecutor,
  encodeCheckpoint,
  evaluateEpisodes,
  type FinishedEvent,
  leavesOf,
  type MetaTrainOptions,
  memoryCheckpointStore,
  metaStep,
  metaTrain,
  type TrainingEvent,
  treeSpec,
} from '../index.js';

const base = { executor: eagerExecutor(), seed: 1, tasksPerUpdate: 4 };
const line = { ...base, learner: gradientStepLearner() as unknown as EpisodicLearner, distribution: lines() };

async function collect(options: MetaTrainOptions): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of metaTrain(options)) events.push(event);
  return events;
}

const kindsOf = (events: readonly TrainingEvent[]) => events.map((event) => event.kind);
const last = (events: readonly TrainingEvent[]) => events.at(-1) as FinishedEvent;
const of = <Kind extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: Kind) =>
  events.filter((event) => event.kind === kind) as Extract<TrainingEvent, { kind: Kind }>[];

/** θ = w with loss w · mean(y): a gradient and an update that fit on paper. */
const paper: EpisodicLearner<{ w: Tensor }, Record<string, never>> = {
  kind: 'episodic',
  optimizer: descent(0.5),
  init: () => ({ w: tf.scalar(3) }),
  metaLoss: ({ w }, { query }) => ({ loss: tf.mul(w, tf.mean(query.targets)) as Scalar, metrics: {} }),
  adapt: () => ({}),
  predict: untrainedLearner().predict as never,
};

describe('metaTrain', () => {
  it('takes the step that fits on paper', async () => {
    const ones = lines();
    const distribution = {
      ...ones,
      episodes: (...call: Parameters<typeof ones.episodes>) => {
        const episodes = ones.episodes(...call);
        episodes.query.targets.data.fill(2);
        return episodes;
      },
    };
    const events = await collect({
      ...base,
      learner: paper as unknown as EpisodicLearner,
      distribution,
      updates: 2,
    });
    // loss 3·2 = 6, gradient 2, w ← 3 − 0.5·2 = 2; then loss 4, w ← 1.
    expect(of(events, 'update')).toEqual([
      { kind: 'update', update: 1, loss: 6, metrics: { gradientNorm: 2 } },
      { kind: 'update', update: 2, loss: 4, metrics: { gradientNorm: 2 } },
    ]);
    expect(leavesOf(last(events).theta).map(({ data }) => [...data])).toEqual([[1]]);
    expect(events[0]).toEqual({ kind: 'started', update: 0, resumed: false, parameters: 1 });
  });

  it.each([
    ['one gradient step', gradientStepLearner(), lines(), 0.5],
    ['prototypes', prototypeLearner(), clusters(), 0.9],
    ['mean embedding with its own gradient', meanEmbeddingLearner(), lines(), 0.7],
  ])('trains a learner of another kind: %s', async (_name, learner, distribution, factor) => {
    const options = {
      ...base,
      learner: learner as unknown as EpisodicLearner,
      distribution,
      tasksPerUpdate: 8,
    };
    const lossOf = async (updates: number) => {
      const { theta } = last(await collect({ ...options, updates }));
      const { createRng } = await import('../index.js');
      const results = await evaluateEpisodes({
        ...options,
        theta,
        split: 'test',
        count: 40,
        rng: createRng('test'),
      });
      const value = (loss: number) =>
        distribution.id === 'lines' ? loss - 0.5 * Math.log(2 * Math.PI) : loss;
      return results.reduce((sum, { loss }) => sum + value(loss), 0) / results.length;
    };
    expect(await lossOf(120)).toBeLessThan(factor * (await lossOf(0)));
  });

  it('reports the loss and metrics, and the gradient norm', async () => {
    const [, first] = await collect({ ...line, updates: 1 });
    expect(first).toEqual({
      kind: 'update',
      update: 1,
      loss: expect.any(Number),
      metrics: { gradientNorm: expect.any(Number), after: expect.any(Number), before: expect.any(Number) },
    });
    const [, embedding] = await collect({
      ...line,
      learner: meanEmbeddingLearner() as unknown as EpisodicLearner,
      updates: 1,
    });
    expect(embedding).toEqual({
      kind: 'update',
      update: 1,
      metrics: { gradientNorm: expect.any(Number), squaredError: expect.any(Number) },
    });
  });

  it('reports every so many updates, and the last', async () => {
    const events = await collect({ ...line, updates: 7, logEvery: 3 });
    expect(of(events, 'update').map(({ update }) => update)).toEqual([3, 6, 7]);
  });

  it('gives the same numbers for the same seed and others for another', async () => {
    const first = await collect({ ...line, updates: 3 });
    expect(await collect({ ...line, updates: 3 })).toEqual(first);
    expect(await collect({ ...line, updates: 3, seed: 2 })).not.toEqual(first);
  });

  it('holds the number of tensors constant', async () => {
    const before = tf.memory().numTensors;
    const validation = { episodes: 3, every: 2 };
    for await (const event of metaTrain({ ...line, updates: 6, validation })) {
      expect([event.kind, tf.memory().numTensors]).toEqual([event.kind, before]);
    }
  });

  it('samples into the buffers of the update before', async () => {
    const inner = lines();
    const given: (object | undefined)[] = [];
    const made: object[] = [];
    const distribution = {
      ...inner,
      episodes: (...call: Parameters<typeof inner.episodes>) => {
        given.push(call[4]);
        made.push(inner.episodes(...call));
        return made.at(-1) as ReturnType<typeof inner.episodes>;
      },
    };
    await collect({ ...line, distribution, updates: 3 });
    expect(given).toEqual([undefined, made[0], made[1]]);
    expect(new Set(made).size).toBe(1);
  });

  it('leaves a learner that is not meta-trained as init gives it', async () => {
    const events = await collect({
      ...line,
      learner: untrainedLearner() as unknown as EpisodicLearner,
      updates: 5,
    });
    expect(events).toEqual([
      { kind: 'started', update: 0, resumed: false, parameters: 0 },
      { kind: 'finished', update: 0, theta: {}, last: {} },
    ]);
  });

  it('refuses options out of range and learners without an optimiser', () => {
    const wrong: [Partial<MetaTrainOptions>, string][] = [
      [{ updates: -1 }, 'updates'],
      [{ tasksPerUpdate: 0 }, 'tasksPerUpdate'],
      [{ checkpointEvery: 0.5 }, 'checkpointEvery'],
      [{ logEvery: 0 }, 'logEvery'],
      [{ validation: { episodes: 0, every: 1 } }, 'episodes'],
      [{ validation: { episodes: 1, every: 0 } }, 'every'],
      [{ validation: { episodes: 1, every: 1, tasksPerBatch: 0 } }, 'tasksPerBatch'],
    ];
    for (const [change, key] of wrong) {
      expect(() => metaTrain({ ...line, updates: 1, ...change })).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ key }) }),
      );
    }
    const { optimizer: _, ...without } = paper;
    const learner = without as unknown as EpisodicLearner;
    const code = expect.objectContaining({ code: 'INVALID_PLUGIN', details: { path: 'optimizer' } });
    expect(() => metaTrain({ ...line, learner, updates: 1 })).toThrow(code);
    expect(() => metaStep(learner, line.distribution.spec, treeSpec({}))).toThrow(code);
    expect(() =>
      metaStep(
        { ...untrainedLearner(), optimizer: descent(1) } as unknown as EpisodicLearner,
        line.distribution.spec,
        treeSpec({}),
      ),
    ).toThrow(expect.objectContaining({ code: 'INVALID_PLUGIN', details: { path: 'metaLoss' } }));
  });
});

describe('validation', () => {
  it('keeps the best θ', async () => {
    // Rises, then falls: w goes 3, 2, 1, 0, -1, and the squared error is (w - 1)².
    const learner = {
      ...paper,
      metaLoss: ({ w }: { w: Tensor }) => ({ loss: tf.mul(w, 2) as Scalar, metrics: {} }),
      adapt: ({ w }: { w: Tensor }) => ({ mean: w }),
    } as unknown as EpisodicLearner;
    const target = lines();
    const distribution = {
      ...target,
      episodes: (...call: Parameters<typeof target.episodes>) => {
        const episodes = target.episodes(...call);
        episodes.query.targets.data.fill(1);
        return episodes;
      },
    };
    const events = await collect({
      ...base,
      learner,
      distribution: target,
      updates: 4,
      validation: { distribution, episodes: 3, every: 1, tasksPerBatch: 2 },
    });
    const found = of(events, 'validation').map(({ update, score, best }) => [update, score, best]);
    expect(found).toEqual([
      [1, 1, true],
      [2, 0, true],
      [3, 1, false],
      [4, 4, false],
    ]);
    expect(last(events).best).toEqual({ update: 2, score: 0 });
    expect(leavesOf(last(events).theta).map(({ data }) => data[0])).toEqual([1]);
    expect(leavesOf(last(events).last).map(({ data }) => data[0])).toEqual([-1]);
  });

  it('prefers high accuracy, and always looks at the last update', async () => {
    const learner = prototypeLearner() as unknown as EpisodicLearner;
    const options = {
      ...base,
      learner,
      distribution: clusters(),
      updates: 5,
      validation: { episodes: 4, every: 2 },
    };
    const events = of(await collect(options), 'validation');
    expect(events.map(({ update }) => update)).toEqual([2, 4, 5]);
    let best = Number.NEGATIVE_INFINITY;
    for (const event of events) {
      expect(event.metric).toBe('accuracy');
      expect(event.best).toBe(event.score > best);
      best = Math.max(best, event.score);
    }
  });
});

describe('stopping and resuming', () => {
  const validation = { episodes: 3, every: 3 };

  it('makes the same numbers, bit for bit, when interrupted anywhere and resumed', async () => {
    const whole = memoryCheckpointStore();
    const options = { ...line, updates: 10, validation, identity: { learner: 'toy' } };
    const uninterrupted = await collect({ ...options, store: whole });
    for (const stopAt of [1, 4, 7]) {
      const store = memoryCheckpointStore();
      const controller = new AbortController();
      const first: TrainingEvent[] = [];
      for await (const event of metaTrain({ ...options, store, signal: controller.signal })) {
        first.push(event);
        if (event.kind === 'update' && event.update === stopAt) controller.abort();
      }
      expect(kindsOf(first).slice(-2)).toEqual(['checkpoint', 'stopped']);
      const second = await collect({ ...options, store });
      expect(second[0]).toEqual({ kind: 'started', update: stopAt, resumed: true, parameters: 2 });
      const joined = [...first, ...second].filter(({ kind }) => kind === 'update' || kind === 'validation');
      expect(joined).toEqual(uninterrupted.filter(({ kind }) => kind === 'update' || kind === 'validation'));
      expect(last(second)).toEqual(last(uninterrupted));
      expect(await store.load()).toEqual(await whole.load());
    }
  });

  it('goes on from the last checkpoint after a crash', async () => {
    const store = memoryCheckpointStore();
    const options = { ...line, updates: 8, checkpointEvery: 3, store };
    for await (const event of metaTrain(options)) {
      if (event.kind === 'update' && event.update === 5) break; // As good as kill -9: nothing is saved.
    }
    const events = await collect(options);
    expect(events[0]).toMatchObject({ update: 3, resumed: true });
    expect(of(events, 'checkpoint').map(({ update }) => update)).toEqual([6, 8]);
    expect(last(events)).toEqual(last(await collect({ ...options, store: memoryCheckpointStore() })));
  });

  it('stops before the first update when the signal has been given, and saves nothing twice', async () => {
    const store = memoryCheckpointStore();
    const options = { ...line, updates: 2, store };
    expect(kindsOf(await collect({ ...options, signal: AbortSignal.abort() }))).toEqual([
      'started',
      'checkpoint',
      'stopped',
    ]);
    expect(kindsOf(await collect({ ...options, signal: AbortSignal.abort() }))).toEqual([
      'started',
      'stopped',
    ]);
    expect(kindsOf(await collect(options))).toEqual([
      'started',
      'update',
      'update',
      'checkpoint',
      'finished',
    ]);
    expect(kindsOf(await collect(options))).toEqual(['started', 'finished']);
    expect(kindsOf(await collect({ ...options, updates: 3 }))).toEqual([
      'started',
      'update',
      'checkpoint',
      'finished',
    ]);
  });

  it('writes tensors that other programs can find by name', async () => {
    const store = memoryCheckpointStore();
    await collect({ ...line, updates: 2, store, validation: { episodes: 1, every: 1 } });
    const { tensors, metadata } = decodeCheckpoint((await store.load()) as Uint8Array);
    expect(treeSpec(tensors).leaves.map(({ path }) => path)).toEqual([
      'best/intercept',
      'best/slope',
      'optimizer/velocity',
      'theta/intercept',
      'theta/slope',
    ]);
    expect(metadata).toMatchObject({ update: 2, seed: 1, tasksPerUpdate: 4, identity: null });
  });

  it('refuses the checkpoint of another run', async () => {
    const store = memoryCheckpointStore();
    await collect({ ...line, updates: 1, store });
    const other: [Partial<MetaTrainOptions>, string][] = [
      [{ seed: 2 }, 'seed'],
      [{ tasksPerUpdate: 5 }, 'tasksPerUpdate'],
      [{ identity: 'other' }, 'identity'],
      [{ learner: prototypeLearner() as unknown as EpisodicLearner, distribution: clusters() }, 'theta'],
      [{ learner: gradientStepLearner(descent(1)) as unknown as EpisodicLearner }, 'optimizer'],
    ];
    for (const [change, key] of other) {
      await expect(collect({ ...line, updates: 1, store, ...change })).rejects.toMatchObject({
        code: 'INVALID_OPTION',
        details: { key },
      });
    }
  });

  it('refuses a store with something else in it', async () => {
    const store = memoryCheckpointStore();
    const corrupt = { code: 'CORRUPT_FILE' };
    for (const bytes of [
      Uint8Array.of(1, 2, 3),
      encodeCheckpoint({ tensors: {}, metadata: null }),
      encodeCheckpoint({ tensors: {}, metadata: { format: 'tasklearn meta-training 1' } }),
    ]) {
      await store.save(bytes);
      await expect(collect({ ...line, updates: 1, store })).rejects.toMatchObject(corrupt);
      expect(await store.load()).toEqual(bytes);
    }
  });

  it('passes on what the store throws', async () => {
    const store: CheckpointStore = {
      load: async () => undefined,
      save: () => Promise.reject(new Error('full')),
    };
    await expect(collect({ ...line, updates: 1, store })).rejects.toThrow('full');
  });
});

describe('divergence', () => {
  /** Loss, gradient or θ breaks at the third update. */
  const breaking = (what: 'loss' | 'gradient' | 'theta'): EpisodicLearner => {
    const at = (step: Tensor, value: number) => tf.where(tf.equal(step, 2), value, tf.zerosLike(step));
    let update = 0;
    return {
      ...paper,
      adapt: ({ w }: { w: Tensor }) => ({ mean: w }),
      metaLoss: ({ w }: { w: Tensor }) => {
        const broken = update++ === 2;
        if (what === 'loss' && broken) return { loss: tf.div(w, 0) as Scalar, metrics: {} };
        if (what === 'gradient' && broken) return { loss: tf.sqrt(tf.mul(w, 0)) as Scalar, metrics: {} };
        return { loss: w as Scalar, metrics: {} };
      },
      optimizer: {
        init: () => ({}),
        update: (gradient: Tensor, state: object, _theta: Tensor, step: Tensor) => ({
          change: tf.add(tf.mul(gradient, -0.5), what === 'theta' ? at(step, Number.NaN) : 0),
          state,
        }),
      },
    } as unknown as EpisodicLearner;
  };

  it.each(['loss', 'gradient', 'theta'] as const)(
    'stops with NOT_FINITE and breaks no checkpoint: %s',
    async (what) => {
      const store = memoryCheckpointStore();
      const events: TrainingEvent[] = [];
      const before = tf.memory().numTensors;
      const training = async () => {
        for await (const event of metaTrain({
          ...line,
          learner: breaking(what),
          updates: 5,
          store,
          checkpointEvery: 1,
        })) {
          events.push(event);
        }
      };
      const quantity = what === 'gradient' ? 'gradientNorm' : what;
      await expect(training()).rejects.toMatchObject({
        code: 'NOT_FINITE',
        details: { update: 3, quantity },
      });
      const { theta } = of(events, 'diverged')[0] as unknown as { theta?: never };
      expect(theta === undefined ? undefined : leavesOf(theta)).toEqual(
        what === 'theta' ? undefined : [{ dtype: 'float32', shape: [], data: Float32Array.of(2) }],
      );
      expect(of(events, 'checkpoint').map(({ update }) => update)).toEqual([1, 2]);
      const { tensors, metadata } = decodeCheckpoint((await store.load()) as Uint8Array);
      expect(metadata).toMatchObject({ update: 2 });
      expect(leavesOf(tensors).map(({ data }) => [...data])).toEqual([[2]]);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it('never calls a broken θ the best', async () => {
    const options = {
      ...line,
      learner: breaking('theta'),
      updates: 5,
      validation: { episodes: 1, every: 1 },
    };
    const events: TrainingEvent[] = [];
    await expect(
      (async () => {
        for await (const event of metaTrain(options)) events.push(event);
      })(),
    ).rejects.toMatchObject({ code: 'NOT_FINITE', details: { update: 3, quantity: 'theta' } });
    expect(of(events, 'validation').map(({ update }) => update)).toEqual([1, 2]);
  });

  it('leaves no tensor behind when the learner throws or returns nonsense', async () => {
    const mismatch = { code: 'SHAPE_MISMATCH' };
    const before = tf.memory().numTensors;
    const cases: [Partial<EpisodicLearner>, object][] = [
      [
        { metaLoss: ({ w }: never) => ({ loss: tf.reshape(w, [1]) as never, metrics: { w: tf.scalar(1) } }) },
        mismatch,
      ],
      [
        {
          metaLoss: ({ w }: never) => ({
            loss: tf.topk(tf.stack([w, w])).values.sum() as Scalar,
            metrics: { m: tf.scalar(1) },
          }),
        },
        {},
      ],
      [{ metaGradient: () => ({ gradient: { v: tf.scalar(1) }, metrics: {} }) as never }, mismatch],
      [
        { metaGradient: () => ({ gradient: { w: tf.scalar(1), x: tf.scalar(1) }, metrics: {} }) as never },
        mismatch,
      ],
    ];
    for (const [change, error] of cases) {
      const learner = { ...paper, ...change } as unknown as EpisodicLearner;
      await expect(collect({ ...line, learner, updates: 1 })).rejects.toMatchObject(error);
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});
