import { describe, expect, it } from 'vitest';
import {
  createRng,
  type HostTensor,
  requireStream,
  runStream,
  type Stream,
  type StreamAgent,
  type StreamSpec,
  scoreStream,
  TasklearnError,
  transferOf,
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
  boundariesKnown: false,
  batchSize: 1,
  tasks: 2,
  storage: 3,
};

/** y = task 0: 1, task 1: 5; three steps each. */
const level = (task: number) => (task === 0 ? 1 : 5);
const stream: Stream = {
  length: 6,
  step: (t) => {
    const task = t < 3 ? 0 : 1;
    return { inputs: floats([1, 1], [t]), targets: floats([1, 1], [level(task)]), task };
  },
  testSet: (task) => ({
    inputs: floats([3, 1], [0, 1, 2]),
    targets: floats([3, 1], Array(3).fill(level(task))),
  }),
};

type Event = string;

/** Predicts the last target it was shown; writes down what it is asked. */
function lastTarget(log: Event[] = [], stored = 0): StreamAgent<{ readonly last: number }> {
  return {
    begin: () => ({ last: 0 }),
    predict: async ({ last }, { inputs, taskLabel }) => {
      log.push(`predict${taskLabel === undefined ? '' : ` told ${taskLabel}`}`);
      return floats(inputs.shape, Array(inputs.shape[0]).fill(last));
    },
    observe: async (_state, _step, targets) => {
      log.push('observe');
      return { last: targets.data[0] as number };
    },
    endTask: async (state) => {
      log.push('end');
      return state;
    },
    storedItems: () => stored,
    release: () => {
      log.push('release');
    },
    dispose: () => {},
  };
}

const live = (agent: StreamAgent<never> | StreamAgent, given: object = {}) =>
  runStream({ agent: agent as StreamAgent, spec: { ...spec, ...given }, stream, rng: createRng(0) });

describe('runStream', () => {
  it('predicts every step before it shows the target', async () => {
    const log: Event[] = [];
    const { steps } = await runStream({
      agent: lastTarget(log) as StreamAgent,
      spec,
      stream,
      rng: createRng(0),
      matrix: false,
    });
    expect(log.slice(0, 6)).toEqual(['predict', 'observe', 'release', 'predict', 'observe', 'release']);
    expect(steps.map(({ loss }) => loss)).toEqual([1, 0, 0, 16, 0, 0]);
    expect(steps.map(({ task }) => task)).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('scores all test sets before the first step and after every task', async () => {
    const { scores, order } = await live(lastTarget());
    expect(order).toEqual([0, 1]);
    expect(scores.map((row) => row.map(({ loss }) => loss))).toEqual([
      [1, 25],
      [0, 16],
      [16, 0],
    ]);
  });

  it('tells task labels and ends only where the stream declares them known', async () => {
    const hidden: Event[] = [];
    await live(lastTarget(hidden));
    expect(hidden.some((event) => event === 'end' || event.includes('told'))).toBe(false);
    const told: Event[] = [];
    await live(lastTarget(told), { boundariesKnown: true });
    expect(told.filter((event) => event === 'end')).toHaveLength(2);
    expect(told).toContain('predict told 1');
    expect(told).not.toContain('predict');
  });

  it('tells a task only while the learner learns, where the stream says so', async () => {
    const told: Event[] = [];
    const agent = lastTarget(told);
    const { observe } = agent;
    const labels: (number | undefined)[] = [];
    await live(
      {
        ...agent,
        observe: (state, step, targets, rng) => {
          labels.push(step.taskLabel);
          return observe(state, step, targets, rng);
        },
      } as never,
      { boundariesKnown: true, taskLabels: 'learning' },
    );
    expect(told.some((event) => event.includes('told'))).toBe(false);
    expect(labels).toEqual([0, 0, 0, 1, 1, 1]);
  });

  it('frees every state once', async () => {
    const log: Event[] = [];
    await live(lastTarget(log));
    expect(log.filter((event) => event === 'release')).toHaveLength(7); // Six that were left, and the last.
  });

  it('stops a learner that holds more than it may', async () => {
    await expect(live(lastTarget([], 4))).rejects.toThrow(/holds 4 items/);
    expect((await live(lastTarget([], 3))).peakStoredItems).toBe(3);
  });

  it('stops where predictions are no numbers', async () => {
    for (const from of [0, 4]) {
      let asked = 0;
      const agent = lastTarget();
      const breaks = {
        ...agent,
        predict: async (...given: Parameters<typeof agent.predict>) => {
          asked += 1;
          const means = await agent.predict(...given);
          return asked > from ? { ...means, data: means.data.map(() => Number.NaN) } : means;
        },
      };
      await expect(live(breaks as never)).rejects.toMatchObject({
        code: 'NOT_FINITE',
        details: { quantity: 'loss', step: from === 0 ? 0 : 2 },
      });
    }
  });

  it('stops when told', async () => {
    const signal = AbortSignal.abort();
    await expect(
      runStream({ agent: lastTarget() as StreamAgent, spec, stream, rng: createRng(0), signal }),
    ).rejects.toThrow();
  });
});

describe('scoreStream', () => {
  it('is the accuracy and the mean of −log p for classes', () => {
    const target = { kind: 'classification', classes: 2 } as const;
    const targets: HostTensor = { dtype: 'int32', shape: [2], data: Int32Array.of(0, 1) };
    const { loss, accuracy } = scoreStream({ target }, floats([2, 2], [0.5, 0.5, 0.75, 0.25]), targets);
    expect(accuracy).toBe(0.5);
    expect(loss).toBeCloseTo((Math.log(2) + Math.log(4)) / 2, 6);
  });
});

describe('requireStream', () => {
  it('refuses a stream that grants less than is needed', () => {
    const needs = { taskLabels: false, storage: 3, metaTraining: false };
    expect(() => requireStream(needs, spec)).not.toThrow();
    expect(() => requireStream({ ...needs, storage: 4 }, spec)).toThrow(TasklearnError);
    expect(() => requireStream({ ...needs, taskLabels: true }, spec)).toThrow(/does not tell/);
    const learning = { ...spec, boundariesKnown: true, taskLabels: 'learning' } as const;
    expect(() => requireStream({ ...needs, taskLabels: 'learning' }, learning)).not.toThrow();
    expect(() => requireStream({ ...needs, taskLabels: true }, learning)).toThrow(/only while it learns/);
  });
});

describe('transferOf', () => {
  const matrix = [
    [0.1, 0.2, 0.3],
    [0.9, 0.3, 0.3],
    [0.7, 0.8, 0.5],
    [0.8, 0.6, 0.9],
  ];

  it('is that of a matrix computed by hand', () => {
    const { average, backward, forward, forgetting } = transferOf(matrix, [0, 1, 2]);
    expect(average).toBeCloseTo((0.8 + 0.6 + 0.9) / 3, 12);
    expect(backward).toBeCloseTo((0.8 - 0.9 + (0.6 - 0.8)) / 2, 12);
    expect(forward).toBeCloseTo((0.3 - 0.2 + (0.5 - 0.3)) / 2, 12);
    expect(forgetting).toBeCloseTo((0.9 - 0.8 + (0.8 - 0.6)) / 2, 12);
  });

  it('follows the order in which tasks ended', () => {
    const turned = matrix.map(([a, b, c]) => [c, a, b] as number[]);
    expect(transferOf(turned, [1, 2, 0])).toEqual(transferOf(matrix, [0, 1, 2]));
  });

  it('is zero backward where nothing is forgotten', () => {
    expect(
      transferOf(
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
        [0, 1],
      ).backward,
    ).toBe(0);
  });

  it('refuses a matrix that does not fit', () => {
    expect(() => transferOf([[0]], [0])).toThrow(TasklearnError);
  });
});
