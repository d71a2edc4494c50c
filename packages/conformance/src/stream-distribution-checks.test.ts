import {
  type HostTensor,
  type Rng,
  type Stream,
  type StreamDistribution,
  type StreamSpec,
  TasklearnError,
} from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { trivialStreamDistribution } from './stream/trivial-stream-distribution.js';
import {
  type StreamDistributionCheckOptions,
  streamDistributionChecks,
} from './stream-distribution-checks.js';

type Set = { readonly inputs: HostTensor; readonly targets: HostTensor };

const STEPS = 3;
const BATCH = 4;

function floats(shape: readonly number[], data: Float32Array): HostTensor {
  return { dtype: 'float32', shape, data };
}

/** Two tasks of two classes each, [x_0 > 1/2] + 2 t, x ~ U(0, 1)². */
function classSet(rng: Rng, task: number, count: number): Set {
  const data = Float32Array.from({ length: 2 * count }, () => rng.next());
  const targets = Int32Array.from(
    { length: count },
    (_, item) => 2 * task + Number((data[2 * item] as number) > 0.5),
  );
  return { inputs: floats([count, 2], data), targets: { dtype: 'int32', shape: [count], data: targets } };
}

const classSpec: StreamSpec = {
  input: { shape: [2], dtype: 'float32', minimum: 0, maximum: 1 },
  target: { kind: 'classification', classes: 4 },
  loss: 'crossEntropy',
  order: 'piecewise',
  boundaries: 'discrete',
  boundariesKnown: true,
  taskClasses: [
    [0, 1],
    [2, 3],
  ],
  batchSize: BATCH,
  tasks: 2,
  storage: 10,
};

function classLifetime(rng: Rng): Stream {
  return {
    length: 2 * STEPS,
    step(t) {
      const task = Math.floor(t / STEPS);
      return { ...classSet(rng.split('step').split(t), task, BATCH), task };
    },
    testSet: (task) => classSet(rng.split('test').split(task), task, 6),
  };
}

const classes: StreamDistribution = {
  kind: 'stream',
  id: 'classes',
  spec: classSpec,
  stream: (split, index, rng) => classLifetime(rng.split(split).split(index)),
};

/** Points about a mean that jumps, each beside the one before it; the best constants are known. */
const points: StreamDistribution = {
  kind: 'stream',
  id: 'points',
  spec: {
    input: { shape: [1], dtype: 'float32' },
    target: { kind: 'regression', shape: [1] },
    loss: 'meanSquaredError',
    order: 'piecewise',
    boundaries: 'continuous',
    boundariesKnown: false,
    batchSize: 1,
    tasks: 1,
    storage: Number.POSITIVE_INFINITY,
  },
  stream(split, index, rng) {
    const own = rng.split(split).split(index);
    const length = 20;
    const point = (t: number) => Math.fround((t < 10 ? 0 : 3) + (t < 0 ? 0 : own.split(t).gaussian()));
    const losses = (first: number, count: number) => {
      const values = Array.from({ length: count }, (_, at) => point(first + at));
      const mean = values.reduce((sum, value) => sum + value, 0) / count;
      return values.map((value) => (value - mean) ** 2);
    };
    return {
      length,
      step: (t) => ({
        inputs: floats([1, 1], Float32Array.of(point(t - 1))),
        targets: floats([1, 1], Float32Array.of(point(t))),
        task: t < 10 ? 0 : 1,
      }),
      comparators: () => ({ fixed: losses(0, length), dynamic: [...losses(0, 10), ...losses(10, 10)] }),
    };
  },
};

/** Classes whose best constant is known: the shares of the labels. */
const shares: StreamDistribution = {
  ...classes,
  stream(split, index, rng) {
    const stream = classes.stream(split, index, rng);
    const labels = Array.from({ length: stream.length }, (_, t) => Array.from(stream.step(t).targets.data));
    const all = labels.flat();
    const share = (label: number) => all.filter((each) => each === label).length / all.length;
    const loss = (own: readonly number[]) =>
      own.reduce((sum, label) => sum - Math.log(share(label)), 0) / own.length;
    return { ...stream, comparators: () => ({ fixed: labels.map(loss) }) };
  },
};

const withSpec = (by: Partial<StreamSpec>, good = classes): StreamDistribution => ({
  ...good,
  spec: { ...good.spec, ...by },
});
const living = (change: (stream: Stream) => Partial<Stream>, good = classes): StreamDistribution => ({
  ...good,
  stream(...call) {
    const stream = good.stream(...call);
    return { ...stream, ...change(stream) };
  },
});
const stepping = (change: (step: ReturnType<Stream['step']>, t: number) => object, good = classes) =>
  living(
    (stream) => ({
      step(t) {
        const step = stream.step(t);
        return { ...step, ...change(step, t) };
      },
    }),
    good,
  );
const drawing = (stream: StreamDistribution['stream'], good = classes): StreamDistribution => ({
  ...good,
  stream,
});
const filled = (tensor: HostTensor, value: number): HostTensor => ({
  ...tensor,
  data: tensor.data.map(() => value) as Float32Array,
});
/** The set, with the first input of another. */
const withFirstOf = (set: Set, other: Set): Set => {
  const data = set.inputs.data.slice() as Float32Array;
  data.set(other.inputs.data.subarray(0, 2));
  return { ...set, inputs: { ...set.inputs, data } as HostTensor };
};
/** Into one array that is used again and again. */
function reusing() {
  const buffer = new Float32Array(100);
  return (inputs: HostTensor): HostTensor => {
    buffer.set(inputs.data);
    return { ...inputs, data: buffer.subarray(0, inputs.data.length) } as HostTensor;
  };
}

const declared = 'declares what a learner can keep to';
const pure = 'the same arguments give the same lifetime';
const vary = 'another index or split gives another lifetime';
const seeds = 'another seed gives another lifetime';
const order = 'steps are the same in any order';
const fit = 'steps fit the spec';
const hidden = 'inputs do not hold their targets';
const arrive = 'tasks arrive as declared';
const fixed = 'test sets fit the spec and stay as they are';
const unseen = 'no test item arrives in the stream';
const compared = 'comparators are no worse than any constant';

const { taskClasses: _none, ...untold } = classSpec;

/** What each distribution does wrong, under the name of the check that must notice. */
const mistakes: readonly (readonly [check: string, mistake: string, distribution: StreamDistribution])[] = [
  [declared, 'has half an item per step', withSpec({ batchSize: 0.5 })],
  [declared, 'has no task', withSpec({ tasks: 0 })],
  [declared, 'lets half an item be kept', withSpec({ storage: 1.5 })],
  [declared, 'lets fewer than no items be kept', withSpec({ storage: -1 })],
  [declared, 'allows NaN gradients', withSpec({ gradientsPerItem: Number.NaN })],
  [declared, 'has classes of one task of two', withSpec({ taskClasses: [[0, 1]] })],
  [declared, 'has a task without a class', withSpec({ taskClasses: [[0, 1], []] })],
  [declared, 'has a class that is none', withSpec({ taskClasses: [[0, 1], [4]] })],
  [declared, 'restricts predictions to a task that is not told', withSpec({ taskLabels: 'learning' })],
  [pure, 'draws from Math.random', stepping(({ inputs }) => ({ inputs: filled(inputs, Math.random()) }))],
  [
    pure,
    'goes on with the stream it is given',
    drawing((split, index, rng) => classes.stream(split, index, rng.split(rng.integer(1000)))),
  ],
  [
    pure,
    'draws from the stream it was given later on',
    drawing((split, index, rng) => {
      const stream = classes.stream(split, index, rng);
      return { ...stream, step: (t) => ({ ...classSet(rng, 0, BATCH), task: stream.step(t).task }) };
    }),
  ],
  [
    pure,
    'counts its lifetimes',
    (() => {
      let count = 0;
      return drawing((split, index, rng) => classes.stream(split, index + count++, rng));
    })(),
  ],
  [
    pure,
    'has another length each time',
    (() => {
      let count = 0;
      return living(({ length }) => ({ length: length - (count++ % 2) }));
    })(),
  ],
  [vary, 'ignores the index', drawing((split, _index, rng) => classes.stream(split, 0, rng))],
  [vary, 'ignores the split', drawing((_split, index, rng) => classes.stream('test', index, rng))],
  [seeds, 'ignores the seed', trivialStreamDistribution()],
  [
    order,
    'counts its steps',
    living((stream) => {
      let count = 0;
      return { step: (t) => ({ ...stream.step(count++ % stream.length), task: stream.step(t).task }) };
    }),
  ],
  [
    order,
    'numbers tasks as they are asked for',
    living((stream) => {
      let count = 0;
      return { step: (t) => ({ ...stream.step(t), task: count++ }) };
    }),
  ],
  [
    order,
    'writes over what it returned',
    living((stream) => {
      const reuse = reusing();
      return { step: (t) => ({ ...stream.step(t), inputs: reuse(stream.step(t).inputs) }) };
    }),
  ],
  [fit, 'has no steps', living(() => ({ length: 0 }))],
  [
    fit,
    'has a last batch that is smaller',
    stepping(({ task }, t) => (t === 5 ? classSet({ next: () => 0.3 } as Rng, task, 3) : {})),
  ],
  [fit, 'leaves the range', stepping(({ inputs }) => ({ inputs: filled(inputs, 2) }))],
  [fit, 'has a class too many', stepping(({ targets }) => ({ targets: filled(targets, 4) }))],
  [
    fit,
    'has targets of another type',
    stepping(({ targets }) => ({ targets: { ...targets, dtype: 'float32' } })),
  ],
  [
    fit,
    'forgets an axis of the targets',
    stepping(({ targets }) => ({ targets: { ...targets, shape: [1] } }), points),
  ],
  [fit, 'holds NaN', stepping(({ targets }) => ({ targets: filled(targets, Number.NaN) }), points)],
  [hidden, 'shows the target', stepping(({ targets }) => ({ inputs: targets }), points)],
  [
    hidden,
    'shows the class among its inputs',
    stepping(({ inputs, targets }) => ({
      inputs: {
        ...inputs,
        data: inputs.data.map((value, at) => (at % 2 === 1 ? (targets.data[(at - 1) / 2] as number) : value)),
      },
    })),
  ],
  [
    hidden,
    'lays targets beside inputs',
    stepping(({ inputs, targets }) => {
      const both = new ArrayBuffer(1000);
      const own = new Float32Array(both, 0, inputs.data.length);
      own.set(inputs.data);
      const beside = new Int32Array(both, 400, targets.data.length);
      beside.set(targets.data);
      return { inputs: { ...inputs, data: own }, targets: { ...targets, data: beside } };
    }),
  ],
  [arrive, 'has a task more than declared', { ...classes, spec: { ...untold, tasks: 1 } }],
  [arrive, 'has a task less than declared', { ...classes, spec: { ...untold, tasks: 3 } }],
  [arrive, 'has half a task', stepping(() => ({ task: 0.5 }), points)],
  [arrive, 'calls itself iid and changes', withSpec({ order: 'iid' })],
  [arrive, 'calls itself iid and changes, without boundaries', withSpec({ order: 'iid' }, points)],
  [arrive, 'has classes of another task', stepping(({ targets }) => ({ targets: filled(targets, 1) }))],
  [
    arrive,
    'calls itself periodic and does not return in turn',
    (() => {
      const irregular = [0, 1, 2, 1, 0, 2];
      return {
        ...stepping((_step, t) => ({ task: irregular[t] })),
        spec: { ...untold, order: 'periodic', tasks: 3 },
      } as StreamDistribution;
    })(),
  ],
  [fixed, 'has test sets of tasks without boundaries', withSpec({ boundaries: 'continuous' })],
  [
    fixed,
    'has an empty test set',
    living(() => ({ testSet: (task) => classSet({ next: () => 0.1 } as Rng, task, 0) })),
  ],
  [
    fixed,
    'has test sets of classes of another task',
    living((stream) => ({ testSet: (task) => stream.testSet?.(1 - task) as Set })),
  ],
  [
    fixed,
    'has test sets out of range',
    living((stream) => ({
      testSet: (task) => {
        const set = stream.testSet?.(task) as Set;
        return { ...set, inputs: filled(set.inputs, -1) };
      },
    })),
  ],
  [
    fixed,
    'draws a test set anew',
    living(() => {
      let count = 0;
      return { testSet: (task) => classSet({ next: () => 0.9 / ++count } as Rng, task, 6) };
    }),
  ],
  [
    fixed,
    'changes test sets by what was lived',
    living((stream) => {
      let lived = 0;
      return {
        step: (t) => {
          lived += 1;
          return stream.step(t);
        },
        testSet: (task) => classSet({ next: () => 1 / (2 + lived) } as Rng, task, 6),
      };
    }),
  ],
  [
    fixed,
    'writes over test sets that it returned',
    living((stream) => {
      const reuse = reusing();
      return {
        testSet: (task) => {
          const set = stream.testSet?.(task) as Set;
          return { ...set, inputs: reuse(set.inputs) };
        },
      };
    }),
  ],
  [
    unseen,
    'tests on an item that arrives',
    living((stream) => ({ testSet: (task) => withFirstOf(stream.testSet?.(task) as Set, stream.step(4)) })),
  ],
  [
    compared,
    'compares with zero',
    living(() => ({ comparators: () => ({ fixed: Array.from({ length: 20 }, () => 9) }) }), points),
  ],
  [compared, 'forgets a step', living(() => ({ comparators: () => ({ fixed: [0] }) }), points)],
  [
    compared,
    'has losses below zero',
    living(() => ({ comparators: () => ({ fixed: Array.from({ length: 20 }, () => -1) }) }), points),
  ],
  [
    compared,
    'is worse when it may change',
    living(
      (stream) => ({
        comparators() {
          const { fixed: losses = [] } = stream.comparators?.() ?? {};
          return { fixed: losses, dynamic: losses.map((loss) => 1.1 * loss) };
        },
      }),
      points,
    ),
  ],
  [
    compared,
    'compares with another each time',
    living(() => {
      let count = 0;
      return { comparators: () => ({ fixed: Array.from({ length: 20 }, () => 1e-3 * count++) }) };
    }, points),
  ],
  [
    compared,
    'compares with equal shares of all classes',
    living(() => ({ comparators: () => ({ fixed: Array.from({ length: 6 }, () => Math.log(8)) }) }), shares),
  ],
];

async function run(
  distribution: StreamDistribution,
  name: string,
  options: StreamDistributionCheckOptions = {},
): Promise<void> {
  const check = streamDistributionChecks(distribution, options).find((each) => each.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

const failed = { code: '@tasklearn/conformance:FAILED' };

describe('streams that keep the contract', () => {
  const trivial = { expectedFailures: { [seeds]: 'the same for every seed' } };
  describe.each([
    ['classes', classes, {}],
    ['points', points, {}],
    ['shares of classes', shares, {}],
    ['trivial classes', trivialStreamDistribution(), trivial],
    ['trivial numbers', trivialStreamDistribution({ target: 'regression' }), trivial],
  ] as const)('%s', (_name, distribution, options) => {
    for (const check of streamDistributionChecks(distribution, options)) it(check.name, () => check.run());
  });

  it('may refuse splits other than the test, return in turn, and leave out tasks where that is said', async () => {
    const testOnly = drawing((split, index, rng) => {
      if (split === 'test') return classes.stream(split, index, rng);
      throw new TasklearnError('UNSUPPORTED_TASK', 'no such lifetimes');
    });
    for (const check of streamDistributionChecks(testOnly)) await check.run();
    const inTurn = {
      ...stepping((_step, t) => ({ task: t % 2 })),
      spec: { ...untold, order: 'periodic' },
    } as StreamDistribution;
    await run(inTurn, arrive);
    const three = { ...classes, spec: { ...untold, tasks: 3 } };
    await run(three, arrive, { everyTask: false });
  });
});

describe('broken streams are caught by the check of that name', () => {
  it.each(mistakes)('%s: one that %s', async (name, _mistake, distribution) => {
    await run(name === compared ? points : classes, name);
    await expect(run(distribution, name)).rejects.toMatchObject(failed);
    await run(distribution, name, { expectedFailures: { [name]: 'on purpose' } });
  });

  it('hands on what a distribution throws', () => {
    const broken = drawing(() => {
      throw new TasklearnError('UNSUPPORTED_TASK', 'no lifetimes at all');
    });
    expect(() => streamDistributionChecks(broken)).toThrow(/no lifetimes at all/);
  });

  it('makes checks of what there is only, and can be told that items repeat', () => {
    const names = (distribution: StreamDistribution, options?: StreamDistributionCheckOptions) =>
      streamDistributionChecks(distribution, options).map(({ name }) => name);
    for (const absent of [fixed, unseen]) expect(names(points)).not.toContain(absent);
    expect(names(classes)).not.toContain(compared);
    expect(names(classes)).toContain(unseen);
    expect(names(classes, { distinctItems: false })).not.toContain(unseen);
  });
});
