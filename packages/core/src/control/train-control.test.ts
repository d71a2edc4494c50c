import { describe, expect, it } from 'vitest';
import { toyChain } from '../__fixtures__/toy-chain.js';
import { tableLearner } from '../__fixtures__/toy-control-learner.js';
import {
  type CheckpointStore,
  type ControlLearner,
  decodeCheckpoint,
  eagerExecutor,
  type FinishedEvent,
  leavesOf,
  memoryCheckpointStore,
  type TrainControlOptions,
  type TrainingEvent,
  trainControl,
  type UpdateEvent,
} from '../index.js';

const chain = toyChain();
const base = { learner: tableLearner(), distribution: chain, executor: eagerExecutor(), seed: 1 };

async function collect(options: TrainControlOptions): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of trainControl(options)) events.push(event);
  return events;
}

const kindsOf = (events: readonly TrainingEvent[]) => events.map(({ kind }) => kind).join(' ');
const last = (events: readonly TrainingEvent[]) => events.at(-1) as FinishedEvent;
const of = <Kind extends TrainingEvent['kind']>(events: readonly TrainingEvent[], kind: Kind) =>
  events.filter((event) => event.kind === kind) as Extract<TrainingEvent, { kind: Kind }>[];
const numbersOf = ({ theta }: FinishedEvent) => leavesOf(theta).map(({ data }) => [...data]);

describe('trainControl', () => {
  it('learns, validates and tells how many steps that took', async () => {
    const validation = { tasks: 8, every: 10 };
    const events = await collect({ ...base, budget: { updates: 30 }, validation });
    expect(events[0]).toEqual({
      kind: 'started',
      update: 0,
      resumed: false,
      parameters: 20,
      environmentSteps: 0,
    });
    const updates = of(events, 'update');
    expect(updates.map(({ environmentSteps }) => environmentSteps)).toEqual(
      Array.from({ length: 30 }, (_, update) => 32 * (update + 1)),
    );
    const validations = of(events, 'validation');
    expect(validations.map(({ update }) => update)).toEqual([10, 20, 30]);
    expect(validations.at(-1)).toMatchObject({ metric: 'return', environmentSteps: 960 });
    // Two steps to the right end; a slip, one in ten, costs 0.2 more.
    expect(validations.at(-1)?.score).toBeGreaterThan(0.6);
    expect(validations.at(-1)?.success).toBeGreaterThan(0.85);
    expect(last(events).best?.score).toBe(Math.max(...validations.map(({ score }) => score)));
  });

  it('is the same again for the same seed and other for another', async () => {
    const run = async (seed: number) =>
      numbersOf(last(await collect({ ...base, seed, budget: { updates: 5 } })));
    expect(await run(1)).toEqual(await run(1));
    expect(await run(2)).not.toEqual(await run(1));
  });

  it.each([
    ['updates', { updates: 3, environmentSteps: 1000 }, 3],
    ['environment steps', { updates: 100, environmentSteps: 100 }, 4],
    ['seconds', { updates: 100, seconds: 1e-9 }, 1],
  ])('ends when its %s are used up', async (_name, budget, expected) => {
    const events = await collect({ ...base, budget });
    expect(last(events)).toMatchObject({ kind: 'finished', update: expected });
  });

  it('validates by environment steps', async () => {
    const validation = { tasks: 2, every: 80, unit: 'environmentSteps' } as const;
    const events = await collect({ ...base, budget: { updates: 8 }, validation });
    // 32 steps per update: 80, 160 and 240 are passed at updates 3, 5 and 8.
    expect(of(events, 'validation').map(({ update }) => update)).toEqual([3, 5, 8]);
  });

  it('keeps the best parameters, not the last', async () => {
    const spoilt: ControlLearner = {
      ...base.learner,
      async openTraining(...call) {
        const training = await base.learner.openTraining(...call);
        let updates = 0;
        const parameters = () => {
          const { table } = training.parameters() as { table: { data: Float32Array } };
          return { table: { ...table, data: updates > 20 ? table.data.map((value) => -value) : table.data } };
        };
        const update = () => {
          updates += 1;
          return training.update();
        };
        return { ...training, update, parameters } as typeof training;
      },
    };
    const validation = { tasks: 8, every: 10 };
    const events = await collect({ ...base, learner: spoilt, budget: { updates: 30 }, validation });
    const { theta, last: end, best } = last(events);
    expect(best?.update).toBeLessThan(30);
    expect(theta).not.toEqual(end);
  });

  it('does not lend out the tasks that will be judged on', async () => {
    const curious: ControlLearner = {
      ...base.learner,
      openTraining: ({ distribution, rng }) => distribution.task('test', 0, rng) as never,
    };
    await expect(collect({ ...base, learner: curious, budget: { updates: 1 } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { key: 'split', received: 'test' },
    });
  });

  it.each([
    [{ budget: {} }, 'budget'],
    [{ budget: { updates: -1 } }, 'updates'],
    [{ budget: { updates: 1, environmentSteps: 0 } }, 'environmentSteps'],
    [{ budget: { seconds: 0 } }, 'seconds'],
    [{ budget: { updates: 1 }, logEvery: 0 }, 'logEvery'],
    [{ budget: { updates: 1 }, checkpointEvery: 0.5 }, 'checkpointEvery'],
    [{ budget: { updates: 1 }, validation: { tasks: 0, every: 1 } }, 'tasks'],
    [{ budget: { updates: 1 }, validation: { tasks: 1, every: 0 } }, 'every'],
    [{ budget: { updates: 1 }, validation: { tasks: 1, every: 1, unit: 'hours' } }, 'unit'],
    [
      { budget: { updates: 1 }, trial: { explorationEpisodes: 0, executionEpisodes: 0 } },
      'executionEpisodes',
    ],
  ] as const)('refuses %j', (wrong, key) => {
    expect(() => trainControl({ ...base, ...wrong } as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: expect.objectContaining({ key }) }),
    );
  });
});

describe('a control training that diverges', () => {
  it('says so, throws and leaves what was saved before intact', async () => {
    const store = memoryCheckpointStore();
    const events: TrainingEvent[] = [];
    const learner = tableLearner({ breaksAt: 5 });
    const run = async () => {
      const options = { ...base, learner, store, checkpointEvery: 2, budget: { updates: 9 } };
      for await (const event of trainControl(options)) events.push(event);
    };
    await expect(run()).rejects.toMatchObject({
      code: 'NOT_FINITE',
      details: { update: 5, quantity: 'value' },
    });
    expect(events.at(-1)).toEqual({ kind: 'diverged', update: 5, quantity: 'value', value: Number.NaN });
    expect(decodeCheckpoint((await store.load())!).metadata).toMatchObject({ update: 4 });
  });

  it('is noticed by its parameters alone', async () => {
    const { learner } = base;
    const broken: ControlLearner = {
      ...learner,
      async openTraining(...call) {
        const training = await learner.openTraining(...call);
        const leaf = { dtype: 'float32', shape: [1], data: Float32Array.of(Infinity) } as const;
        return { ...training, parameters: () => ({ leaf }) };
      },
    };
    const store = memoryCheckpointStore();
    await expect(collect({ ...base, learner: broken, store, budget: { updates: 2 } })).rejects.toMatchObject({
      code: 'NOT_FINITE',
      details: { quantity: 'theta' },
    });
    expect(await store.load()).toBeUndefined();
  });
});

/** Ends the process, as it were, at the given event. */
async function killedAt(options: TrainControlOptions, isLast: (event: TrainingEvent) => boolean) {
  const events: TrainingEvent[] = [];
  for await (const event of trainControl(options)) {
    events.push(event);
    if (isLast(event)) break;
  }
  return events;
}

describe('a control training that is resumed', () => {
  const validation = { tasks: 4, every: 4 };
  const whole = { ...base, budget: { updates: 12 }, checkpointEvery: 5, validation };

  it.each([3, 6, 11])('makes the same numbers when killed at update %i', async (update) => {
    const store = memoryCheckpointStore();
    const expected = await collect({ ...whole, store: memoryCheckpointStore() });
    await killedAt({ ...whole, store }, (event) => event.kind === 'update' && event.update === update);
    const resumed = await collect({ ...whole, store });
    const from = Math.floor((update - 1) / 5) * 5;
    expect(resumed[0]).toMatchObject({ resumed: from > 0, update: from, environmentSteps: 32 * from });
    expect(resumed.slice(1)).toEqual(
      expected.slice(1).filter((event) => (event as UpdateEvent).update > from),
    );
  });

  it('stops for a signal with a checkpoint and goes on from there', async () => {
    const store = memoryCheckpointStore();
    const stop = new AbortController();
    const events: TrainingEvent[] = [];
    for await (const event of trainControl({ ...whole, store, signal: stop.signal })) {
      events.push(event);
      if (event.kind === 'update' && event.update === 6) stop.abort();
    }
    expect(kindsOf(events.slice(-2))).toBe('checkpoint stopped');
    const resumed = await collect({ ...whole, store });
    expect(resumed[0]).toMatchObject({ resumed: true, update: 6 });
    expect(numbersOf(last(resumed))).toEqual(numbersOf(last(await collect(whole))));
  });

  it('refuses the checkpoint of another run, or of none', async () => {
    const store = memoryCheckpointStore();
    await collect({ ...base, store, budget: { updates: 1 } });
    await expect(collect({ ...base, store, seed: 2, budget: { updates: 1 } })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { key: 'seed' },
    });
    const other: CheckpointStore = { save: async () => undefined, load: async () => new Uint8Array(3) };
    await expect(collect({ ...base, store: other, budget: { updates: 1 } })).rejects.toMatchObject({
      code: 'CORRUPT_FILE',
    });
  });
});
