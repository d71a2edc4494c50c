import type { HostTensor, Rng, Stream, StreamDistribution, StreamSpec } from '@tasklearn/core';
import { trivialStreamDistribution } from '../stream/trivial-stream-distribution.js';
import { BATCH, classes, classSet, classSpec, type ItemSet, points, shares } from './good-streams.js';

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
/** A distribution whose steps are changed. */
export const stepping = (change: (step: ReturnType<Stream['step']>, t: number) => object, good = classes) =>
  living(
    (stream) => ({
      step(t) {
        const step = stream.step(t);
        return { ...step, ...change(step, t) };
      },
    }),
    good,
  );
/** A distribution whose lifetimes are drawn otherwise. */
export const drawing = (stream: StreamDistribution['stream'], good = classes): StreamDistribution => ({
  ...good,
  stream,
});
const filled = (tensor: HostTensor, value: number): HostTensor => ({
  ...tensor,
  data: tensor.data.map(() => value) as Float32Array,
});
/** The set, with the first input of another. */
const withFirstOf = (set: ItemSet, other: ItemSet): ItemSet => {
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

/** Names of the checks. */
export const names = {
  declared: 'declares what a learner can keep to',
  pure: 'the same arguments give the same lifetime',
  vary: 'another index or split gives another lifetime',
  seeds: 'another seed gives another lifetime',
  order: 'steps are the same in any order',
  fit: 'steps fit the spec',
  hidden: 'inputs do not hold their targets',
  arrive: 'tasks arrive as declared',
  fixed: 'test sets fit the spec and stay as they are',
  unseen: 'no test item arrives in the stream',
  compared: 'comparators are no worse than any constant',
} as const;

const { declared, pure, vary, seeds, order, fit, hidden, arrive, fixed, unseen, compared } = names;

const { taskClasses: _none, ...rest } = classSpec;

/** Of the classes, without those of each task. */
export const untold: StreamSpec = rest;

/** What each distribution does wrong, under the name of the check that must notice. */
export const brokenStreams: readonly (readonly [
  check: string,
  mistake: string,
  distribution: StreamDistribution,
])[] = [
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
    living((stream) => ({ testSet: (task) => stream.testSet?.(1 - task) as ItemSet })),
  ],
  [
    fixed,
    'has test sets out of range',
    living((stream) => ({
      testSet: (task) => {
        const set = stream.testSet?.(task) as ItemSet;
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
          const set = stream.testSet?.(task) as ItemSet;
          return { ...set, inputs: reuse(set.inputs) };
        },
      };
    }),
  ],
  [
    unseen,
    'tests on an item that arrives',
    living((stream) => ({
      testSet: (task) => withFirstOf(stream.testSet?.(task) as ItemSet, stream.step(4)),
    })),
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
