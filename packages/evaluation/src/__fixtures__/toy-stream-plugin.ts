import {
  defineDistribution,
  defineLearner,
  definePlugin,
  type HostTensor,
  type Rng,
  type Stream,
  type StreamDistribution,
  type StreamLearner,
  type StreamNeeds,
  type StreamSpec,
  TasklearnError,
} from '@tasklearn/core';

const reference = { title: 'A toy', authors: 'Nobody', year: 2020, url: 'https://example.org' };

const floats = (shape: readonly number[], data: readonly number[]): HostTensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data),
});

type Colours = {
  readonly tasks: number;
  readonly steps: number;
  readonly labels: 'always' | 'learning' | 'hidden';
  readonly storage: number | null;
  readonly testsOnly: boolean;
};

/** One class more than tasks: the last is never right. */
const classesOf = ({ tasks }: Colours) => tasks + 1;

/** Task k: x = k, and the class is k. Tasks come in an order of the lifetime. */
function colours(options: Colours): StreamDistribution {
  const { tasks, steps, labels, storage, testsOnly } = options;
  const spec: StreamSpec = {
    input: { shape: [1], dtype: 'float32' },
    target: { kind: 'classification', classes: classesOf(options) },
    loss: 'crossEntropy',
    order: 'piecewise',
    boundaries: 'discrete',
    boundariesKnown: labels !== 'hidden',
    taskLabels: labels === 'always' ? 'always' : 'learning',
    batchSize: 2,
    tasks,
    storage: storage ?? Number.POSITIVE_INFINITY,
  };
  const items = (task: number, count: number) => ({
    inputs: floats([count, 1], Array(count).fill(task)),
    targets: { dtype: 'int32', shape: [count], data: new Int32Array(count).fill(task) } as HostTensor,
  });
  const lifetime = (rng: Rng): Stream => {
    const order = rng.permutation(tasks);
    return {
      length: tasks * steps,
      step(t) {
        const task = order[Math.floor(t / steps)] as number;
        return { ...items(task, 2), task };
      },
      testSet: (task) => items(task, 3),
    };
  };
  return {
    kind: 'stream',
    id: '@acme/stream/colours',
    spec,
    stream(split, index, rng) {
      if (testsOnly && split === 'train')
        throw new TasklearnError('UNSUPPORTED_TASK', 'There is no such split.');
      return lifetime(rng.split(split).split(index));
    },
  };
}

/** Points 0, 1, 0, 1, ... in pairs of numbers; the best fixed prediction is one half. */
const swings: StreamDistribution = {
  kind: 'stream',
  id: '@acme/stream/swings',
  spec: {
    input: { shape: [1], dtype: 'float32' },
    target: { kind: 'regression', shape: [2] },
    loss: 'meanSquaredError',
    order: 'periodic',
    boundaries: 'continuous',
    boundariesKnown: false,
    batchSize: 1,
    tasks: 1,
    storage: Number.POSITIVE_INFINITY,
  },
  stream: () => ({
    length: 8,
    step: (t) => ({ inputs: floats([1, 1], [0]), targets: floats([1, 2], [t % 2, t % 2]), task: 0 }),
    comparators: () => ({ fixed: Array(8).fill(0.5), dynamic: Array(8).fill(0) }),
  }),
};

type Options = {
  /** Tasks it remembers, the last ones. */
  readonly memory: number;
  readonly needs: 'nothing' | 'labels' | 'everything';
  readonly trained: boolean;
  readonly breaks: boolean;
  /** A state that is no plain data. */
  readonly opaque: boolean;
  /** Milliseconds that it takes over an observation. */
  readonly pause: number;
};

type State = {
  readonly known: readonly number[];
  readonly last: readonly number[];
  readonly seen: number;
  readonly opaque?: () => void;
};

/** Knows the colours that it has seen last; of numbers it predicts the last ones. */
function rote({ memory, needs, trained, breaks, opaque, pause }: Options): StreamLearner<State> {
  const declared: StreamNeeds = {
    taskLabels: needs === 'labels',
    storage: needs === 'everything' ? Number.POSITIVE_INFINITY : memory,
    metaTraining: trained,
  };
  const sealed = opaque ? { opaque: () => undefined } : {};
  return {
    kind: 'stream',
    needs: () => declared,
    async openTraining({ distribution, rng }, saved) {
      let updates = (saved?.metadata as { readonly updates: number } | undefined)?.updates ?? 0;
      return {
        async update() {
          const { task } = distribution.stream('train', updates, rng).step(0);
          updates += 1;
          return { metrics: { loss: 1 / updates, task } };
        },
        parameters: () => ({ skill: floats([1], [updates]) }),
        save: () => ({ tensors: { skill: floats([1], [updates]) }, metadata: { updates } }),
        dispose: () => undefined,
      };
    },
    async openAgent(parameters, { spec }) {
      if (trained && parameters === undefined) throw new TasklearnError('INVALID_OPTION', 'rote: untrained.');
      return {
        begin: () => ({ known: [], last: [0, 0], seen: 0, ...sealed }),
        async predict({ known, last, seen }, { inputs }) {
          if (spec.target.kind === 'regression') return floats([1, 2], last);
          const { classes } = spec.target;
          const share = breaks && seen > 3 ? Number.NaN : 0.6;
          const rows = [...inputs.data].map((x) => {
            const chosen = known.includes(x) ? x : classes - 1;
            return Array.from({ length: classes }, (_, label) =>
              label === chosen ? share : (1 - share) / (classes - 1),
            );
          });
          return floats([rows.length, classes], rows.flat());
        },
        async observe({ known, seen }, _step, targets) {
          const [target = 0] = targets.data;
          if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
          const rest = known.filter((each) => each !== target);
          const last = spec.target.kind === 'regression' ? [...targets.data] : [0, 0];
          return { known: [...rest, target].slice(-memory), last, seen: seen + 1, ...sealed };
        },
        storedItems: ({ known }) => (spec.target.kind === 'regression' ? 0 : known.length),
        ledger: ({ seen }) => ({ parameters: 7, gradients: 2 * seen }),
        release: () => undefined,
        dispose: () => undefined,
      };
    },
  };
}

const defaults: Options = {
  memory: 1,
  needs: 'nothing',
  trained: false,
  breaks: false,
  opaque: false,
  pause: 0,
};
const learner = (targets: readonly ('classification' | 'regression')[], own: Partial<Options> = {}) =>
  defineLearner({
    kind: 'stream',
    summary: 'A toy.',
    reference,
    capabilities: { targets, gradientOrder: 0, deterministic: true, uncertainty: 'none' },
    defaults: { ...defaults, ...own },
    create: (options: Readonly<Options>) => rote(options) as StreamLearner,
  });
const both = ['classification', 'regression'] as const;

/** Learners that remember some colours, and streams of colours and of numbers. */
export const plugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/stream',
  version: '4.0.0',
  learners: {
    rote: learner(both),
    'from-scratch': learner(both),
    everything: learner(both, { memory: 9 }),
    skilled: learner(both, { trained: true, memory: 2 }),
    namer: learner(['classification']),
  },
  distributions: {
    colours: defineDistribution({
      kind: 'stream',
      summary: 'Colours.',
      defaults: { tasks: 3, steps: 4, labels: 'always', storage: null, testsOnly: false } as Colours,
      create: colours,
    }),
    swings: defineDistribution({
      kind: 'stream',
      summary: 'Numbers that swing.',
      defaults: {},
      create: () => swings,
    }),
  },
});
