import { describe, expect, it } from 'vitest';
import {
  createRng,
  decodeCheckpoint,
  eagerExecutor,
  encodeCheckpoint,
  type HostTensor,
  memoryCheckpointStore,
  packProgress,
  packState,
  type RunStreamOptions,
  requireStream,
  runStream,
  type Stream,
  type StreamAgent,
  type StreamDistribution,
  type StreamLearner,
  type StreamProgress,
  type StreamSpec,
  scoreLifetime,
  stateBytes,
  TasklearnError,
  type TrainingEvent,
  type TrainStreamOptions,
  trainStream,
  unpackProgress,
  unpackState,
} from '../index.js';

const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

const spec: StreamSpec = {
  input: { shape: [1], dtype: 'float32' },
  target: { kind: 'regression', shape: [1] },
  loss: 'meanSquaredError',
  order: 'piecewise',
  boundaries: 'discrete',
  boundariesKnown: true,
  batchSize: 1,
  tasks: 3,
  storage: 4,
};

/** Three levels, five steps each; levels are random numbers of the lifetime. */
const lifetime = (rng: ReturnType<typeof createRng>): Stream => {
  const level = (task: number) => rng.split('level').split(task).gaussian();
  return {
    length: 15,
    step: (t) => {
      const task = Math.floor(t / 5);
      return { inputs: floats([1, 1], [1]), targets: floats([1, 1], [level(task)]), task };
    },
    testSet: (task) => ({
      inputs: floats([2, 1], [1, 1]),
      targets: floats([2, 1], Array(2).fill(level(task))),
    }),
  };
};

const asked: string[] = [];
const distribution: StreamDistribution = {
  kind: 'stream',
  id: 'levels',
  spec,
  stream(split, index, rng) {
    asked.push(`${split} ${index}`);
    return lifetime(rng.split(split).split(index));
  },
};

type Level = { readonly level: Float32Array; readonly seen: number; readonly note: string | undefined };

/** Moves a level by a rate that is meta-learned: nothing but the number of updates over ten. */
function open(parameters?: HostTensor): StreamAgent<Level> {
  const rate = parameters === undefined ? 0.5 : (parameters.data[0] as number) / 10;
  return {
    begin: (rng) => ({ level: Float32Array.of(0.01 * rng.gaussian()), seen: 0, note: undefined }),
    predict: async ({ level }, { inputs }) =>
      floats(inputs.shape, Array(inputs.shape[0]).fill(level[0] as number)),
    async observe({ level, seen }, _step, targets, rng) {
      const error = (targets.data[0] as number) - (level[0] as number);
      const next = (level[0] as number) + rate * error + 1e-3 * rng.gaussian();
      return { level: Float32Array.of(next), seen: seen + 1, note: undefined };
    },
    endTask: async (state) => ({ ...state, note: 'ended' }),
    storedItems: () => 0,
    ledger: ({ seen }) => ({ parameters: 1, gradients: 2 * seen }),
    release: () => {},
    dispose: () => {},
  };
}

const learner: StreamLearner<Level> = {
  kind: 'stream',
  needs: () => ({ taskLabels: false, storage: 0, metaTraining: true }),
  async openTraining({ distribution: lent, rng }, saved) {
    let updates = ((saved?.tensors as { count?: HostTensor })?.count?.data[0] as number | undefined) ?? 0;
    const count = () => floats([1], [updates]);
    return {
      async update() {
        const stream = lent.stream('train', updates, rng.split('lifetimes'));
        updates += 1;
        return { metrics: { loss: stream.step(0).targets.data[0] as number, level: updates } };
      },
      parameters: () => ({ count: count() }),
      save: () => ({ tensors: { count: count() }, metadata: { updates } }),
      dispose: () => {},
    };
  },
  openAgent: async (parameters) => open((parameters as { count: HostTensor }).count),
};

async function train(more: Partial<TrainStreamOptions> = {}): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  const options = { learner: learner as StreamLearner, distribution, executor: eagerExecutor(), seed: 1 };
  for await (const event of trainStream({ ...options, updates: 6, ...more })) events.push(event);
  return events;
}

describe('plain states', () => {
  const state = {
    theta: Float32Array.of(1, Number.NaN, -0),
    bits: Float64Array.of(0.1),
    labels: Int32Array.of(-3),
    flags: Uint8Array.of(7),
    list: [undefined, null, { deep: [true, 'x', -0, Number.NEGATIVE_INFINITY, 1.5] }, []],
    holes: Object.assign([] as unknown[], { 1: 1 }),
  };

  it('come back bit for bit, through a file too', () => {
    const packed = packState(state);
    const back = unpackState(decodeCheckpoint(encodeCheckpoint(packed as never)));
    expect(back).toEqual(state);
    expect(Object.is((back as typeof state).theta[2], -0)).toBe(true);
  });

  it('keep arrays that are shared once', () => {
    const items = Float32Array.of(1, 2, 3);
    const twice = { memory: [items], recent: [items] };
    expect(stateBytes(twice)).toBe(12);
    const back = unpackState(packState(twice) as never) as typeof twice;
    expect(back.memory[0]).toBe(back.recent[0]);
    expect(stateBytes({ nothing: [] })).toBe(0);
  });

  it('are nothing else than data', () => {
    const cycle: { self?: object } = {};
    cycle.self = cycle;
    for (const other of [() => 1, new Map(), cycle, { a: Symbol('x') }, new Date(), 1n]) {
      expect(packState(other)).toBeUndefined();
      expect(stateBytes([other])).toBeUndefined();
    }
  });
});

describe('a lifetime that is interrupted', () => {
  const live = (more: Partial<RunStreamOptions> = {}) =>
    runStream({
      agent: open() as StreamAgent,
      spec,
      stream: lifetime(createRng(3)),
      rng: createRng(4),
      ...more,
    });
  const comparable = ({ learningSeconds: _, ...rest }: Awaited<ReturnType<typeof live>>) => rest;

  it('goes on bit for bit from what it saved', async () => {
    const saved: StreamProgress[] = [];
    const whole = await live({ save: { every: 4, to: async (progress) => void saved.push(progress) } });
    expect(saved.map(({ steps }) => steps.length)).toEqual([4, 8, 12]);
    expect(whole.ledger).toEqual({ parameters: 1, gradients: 30 });
    expect(whole.peakStateBytes).toBe(4);
    for (const progress of saved) {
      const file = encodeCheckpoint(packProgress(progress) as never);
      const resumed = await live({ from: unpackProgress(decodeCheckpoint(file)) });
      expect(comparable(resumed)).toEqual(comparable(whole));
    }
  });

  it('saves when it is told to stop', async () => {
    const stop = new AbortController();
    const saved: StreamProgress[] = [];
    const save = { every: 100, to: async (progress: StreamProgress) => void saved.push(progress) };
    const onStep = ({ step }: { step: number }) => step === 6 && stop.abort();
    await expect(live({ save, onStep, signal: stop.signal })).rejects.toThrow(/aborted/);
    expect(saved.map(({ steps }) => steps.length)).toEqual([7]);
    expect(comparable(await live({ from: saved[0] as StreamProgress }))).toEqual(comparable(await live()));
  });

  it('saves nothing of a state that is no plain data', () => {
    const progress = { state: () => 1, steps: [], order: [], scores: [], learningSeconds: 0 };
    expect(packProgress(progress)).toBeUndefined();
  });

  it('is charged the gradients it evaluates, where the stream limits them', async () => {
    await expect(live({ spec: { ...spec, gradientsPerItem: 1 } })).rejects.toThrow(/evaluates 2 gradients/);
    expect((await live({ spec: { ...spec, gradientsPerItem: 2 } })).steps).toHaveLength(15);
    const needs = { taskLabels: false, storage: 0, metaTraining: false, gradientsPerItem: 2 };
    expect(() => requireStream(needs, { ...spec, gradientsPerItem: 1 }, "Learner 'x'")).toThrow(
      "Learner 'x' evaluates up to 2 gradients per item",
    );
    expect(() => requireStream(needs, spec)).not.toThrow();
  });
});

describe('trainStream', () => {
  it('updates on lifetimes of the train split and keeps the best on those of the validation split', async () => {
    asked.length = 0;
    const events = await train({ validation: { every: 2, lifetimes: 2 } });
    expect(asked.slice(0, 4)).toEqual(['train 0', 'train 1', 'validation 0', 'validation 1']);
    expect(events.map(({ kind }) => kind).join()).toBe(
      'started,update,update,validation,update,update,validation,update,update,validation,finished',
    );
    expect(events[0]).toMatchObject({ update: 0, resumed: false, parameters: 1 });
    expect(events[1]).toMatchObject({ metrics: { level: 1 }, loss: expect.any(Number) });
    const scores = events.flatMap((event) => (event.kind === 'validation' ? [event.score] : []));
    const last = events.at(-1) as Extract<TrainingEvent, { kind: 'finished' }>;
    expect(last.best?.score).toBe(Math.min(...scores));
    expect((last.theta as { count: HostTensor }).count.data[0]).toBe(last.best?.update);
  });

  it('goes on from its checkpoint as if nothing had happened', async () => {
    const validation = { every: 2, lifetimes: 1 };
    const whole = await train({ validation });
    const store = memoryCheckpointStore();
    await train({ store, updates: 3, validation });
    const rest = await train({ store, validation });
    expect(rest[0]).toMatchObject({ update: 3, resumed: true });
    expect(rest.at(-1)).toEqual(whole.at(-1));
    await expect(train({ store, seed: 2 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('refuses to lend lifetimes of another split, and stops at numbers that are not finite', async () => {
    const peeks: StreamLearner = {
      ...(learner as StreamLearner),
      openTraining: async (context) => {
        context.distribution.stream('test', 0, context.rng);
        throw new Error('not reached');
      },
    };
    await expect(train({ learner: peeks })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    const breaks = (thrown: boolean): StreamLearner => ({
      ...(learner as StreamLearner),
      openTraining: async () => ({
        update: async () => {
          if (thrown) throw new TasklearnError('NOT_FINITE', 'no', { quantity: 'loss', value: Number.NaN });
          return { metrics: { loss: Number.NaN } };
        },
        parameters: () => ({}),
        save: () => ({ tensors: {}, metadata: null }),
        dispose: () => {},
      }),
    });
    for (const thrown of [false, true])
      await expect(train({ learner: breaks(thrown) })).rejects.toMatchObject({
        code: 'NOT_FINITE',
        details: { quantity: 'loss', update: 1 },
      });
  });

  it('ends at once for a learner that is not meta-trained', async () => {
    const plain: StreamLearner = {
      ...(learner as StreamLearner),
      needs: () => ({ taskLabels: false, storage: 0, metaTraining: false }),
    };
    const store = memoryCheckpointStore();
    const events = await train({ learner: plain, store, validation: { every: 1, lifetimes: 1 } });
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'checkpoint', 'finished']);
    expect((await train({ learner: plain, store })).map(({ kind }) => kind)).toEqual(['started', 'finished']);
  });

  it('refuses numbers out of range', async () => {
    const key = (more: Partial<TrainStreamOptions>) => () =>
      trainStream({ ...({} as TrainStreamOptions), ...more });
    expect(key({ updates: -1 })).toThrow(/updates/);
    expect(key({ updates: 1, validation: { every: 1, lifetimes: 0 } })).toThrow(/lifetimes/);
  });
});

describe('scoreLifetime', () => {
  it('is the last row of the matrix, else the mean over steps', () => {
    const step = { step: 0, task: 0, storedItems: 0 };
    const steps = [
      { ...step, loss: 1, accuracy: 0.5 },
      { ...step, loss: 3, accuracy: 1 },
    ];
    const scores = [[{ loss: 9, accuracy: 0 }], [{ loss: 4, accuracy: 0.25 }]];
    const classes = { target: { kind: 'classification', classes: 2 } } as const;
    expect(scoreLifetime(classes, { scores, steps })).toEqual({ metric: 'accuracy', score: 0.25 });
    expect(scoreLifetime(classes, { scores: [], steps })).toEqual({ metric: 'accuracy', score: 0.75 });
    const plane = { target: { kind: 'regression', shape: [2] } } as const;
    expect(scoreLifetime(plane, { scores: [], steps })).toEqual({ metric: 'squaredError', score: 1 });
  });
});
