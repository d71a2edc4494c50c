import {
  type ControlDistribution,
  type ControlLearner,
  type ControlTask,
  defineDistribution,
  defineLearner,
  definePlugin,
  type Environment,
  type HostTensor,
  type Rng,
  requireControlTask,
  TasklearnError,
  type TimeSteps,
} from '@tasklearn/core';

const reference = { title: 'A toy', authors: 'Nobody', year: 2020, url: 'https://example.org' };
const CAPABILITIES = {
  actions: ['discrete'],
  gradientOrder: 0,
  deterministic: true,
  adapts: 'none',
  offPolicy: true,
  needs: [],
  consistent: 'no',
} as const;
const CELLS = 7;

/** Walk along seven cells from the middle to the end that the task names; a step costs 0.1, the wrong end costs 1. */
function corridor({ shown }: { shown: boolean }): ControlDistribution {
  const spec: ControlDistribution['spec'] = {
    observation: { shape: [2], dtype: 'float32' },
    action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 },
    horizon: 12,
    hasSuccess: true,
  };
  return {
    kind: 'control',
    id: '@acme/control/corridor',
    spec,
    varies: ['reward'],
    trial: { explorationEpisodes: 1, executionEpisodes: 2 },
    task(split, index, rng) {
      const side = rng.split(split).split(index).integer(2) === 0 ? -1 : 1;
      return { id: `${split} ${index}`, parameters: { side } };
    },
    createEnvironment: (tasks, copiesPerTask, rng) =>
      walk(
        spec,
        tasks.flatMap((task) => Array.from({ length: copiesPerTask }, () => task)),
        shown,
        rng,
      ),
    references: {
      oracle: (tasks) => ({ act: () => Float32Array.from(tasks, sideOf) }),
      left: (tasks) => ({ act: () => new Float32Array(tasks.length) }),
    },
    draw: (_task, trajectories) =>
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 70 ${10 * trajectories.length}">${trajectories
        .map(
          ({ observations }, row) =>
            `<polyline fill="none" stroke="currentColor" points="${Array.from(
              { length: observations.length / 2 },
              (_, time) => `${10 * observations[2 * time]! + 5},${10 * row + 5}`,
            ).join(' ')}"/>`,
        )
        .join('')}</svg>`,
    drawFrame: (_task, observation) =>
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 70 10" width="70"><circle cx="${10 * observation[0]! + 5}" cy="5" r="4"/></svg>`,
  };
}

const sideOf = ({ parameters }: ControlTask) => (parameters.side === 1 ? 1 : 0);

function walk(
  spec: ControlDistribution['spec'],
  tasks: readonly ControlTask[],
  shown: boolean,
  rng: Rng,
): Environment {
  const copies = tasks.length;
  const state = new Float64Array(copies * 3); // cell, time, steps drawn
  const steps = {
    stepType: new Uint8Array(copies).fill(2),
    observation: new Float32Array(copies * 2),
    reward: new Float32Array(copies),
    discount: new Float32Array(copies),
    success: new Uint8Array(copies),
  };
  const show = (copy: number, type: number, reward: number, terminated: boolean) => {
    steps.stepType[copy] = type;
    steps.observation.set([state[3 * copy]!, shown ? (tasks[copy]!.parameters.side as number) : 0], 2 * copy);
    steps.reward[copy] = reward;
    steps.discount[copy] = terminated ? 0 : 1;
    steps.success[copy] = reward === 1 ? 1 : 0;
  };
  const begin = (copy: number) => {
    state[3 * copy] = (CELLS - 1) / 2;
    state[3 * copy + 1] = 0;
    show(copy, 0, 0, false);
  };
  const move = (copy: number, action: number) => {
    const at = 3 * copy;
    state[at + 2] = state[at + 2]! + 1;
    const slips =
      rng
        .split(copy)
        .split(state[at + 2]!)
        .next() < 0.1;
    state[at] = state[at]! + ((action === 1) === slips ? -1 : 1);
    state[at + 1] = state[at + 1]! + 1;
    const side = tasks[copy]!.parameters.side as number;
    const ended = state[at] === 0 || state[at] === CELLS - 1;
    const reward = ended ? (state[at] === 0 ? -side : side) : -0.1;
    show(copy, ended || state[at + 1]! >= spec.horizon ? 2 : 1, reward, ended);
  };
  const each = (which: Uint8Array | undefined, act: (copy: number) => void): TimeSteps => {
    for (let copy = 0; copy < copies; copy += 1) if (which === undefined || which[copy] === 1) act(copy);
    return steps;
  };
  const arrays = [state, ...Object.values(steps)];
  const bytes = () => arrays.flatMap((array) => [...new Uint8Array(array.buffer)]);
  return {
    copies,
    spec,
    reset: (which) => each(which, begin),
    step: (actions, active) => each(active, (copy) => move(copy, actions[copy]!)),
    snapshot: () => Uint8Array.from(bytes()),
    restore(snapshot) {
      let start = 0;
      for (const array of arrays) {
        new Uint8Array(array.buffer).set(snapshot.subarray(start, start + array.byteLength));
        start += array.byteLength;
      }
    },
    dispose: () => undefined,
  };
}

interface TableOptions {
  readonly learningRate: number;
  readonly copies: number;
  /** Milliseconds that an update takes, so that there is time to kill it. */
  readonly pause: number;
  /** Update at which its numbers stop being finite; 0 for never. */
  readonly breaksAt: number;
}

const placeOf = ({ observation }: TimeSteps, copy: number) =>
  (observation[2 * copy]! * 3 + observation[2 * copy + 1]! + 1) * 2;

/** Q-learning with a table. */
function table({ learningRate, copies, pause, breaksAt }: TableOptions): ControlLearner {
  if (!(learningRate > 0))
    throw new TasklearnError('INVALID_OPTION', 'table: learningRate must be > 0.', { key: 'learningRate' });
  const greedy = (values: Float32Array, place: number) => (values[place + 1]! > values[place]! ? 1 : 0);
  return {
    kind: 'control',
    async openTraining({ distribution, rng }, saved) {
      requireControlTask('table', CAPABILITIES, distribution);
      const tasks = Array.from({ length: copies }, (_, index) =>
        distribution.task('train', index, rng.split('tasks')),
      );
      const environment = distribution.createEnvironment(tasks, 1, rng.split('environment'));
      const kept = saved?.tensors as { values: HostTensor; environment: HostTensor } | undefined;
      const values = (kept?.values.data.slice() ?? new Float32Array(CELLS * 6)) as Float32Array;
      let update = (saved?.metadata as { update: number } | undefined)?.update ?? 0;
      let steps = environment.reset();
      if (kept !== undefined) {
        environment.restore(kept.environment.data as Uint8Array);
        steps = environment.reset(new Uint8Array(copies));
      }
      const learn = (places: readonly number[], actions: Float32Array) =>
        places.forEach((place, copy) => {
          const next = placeOf(steps, copy);
          const future = steps.discount[copy]! * Math.max(values[next]!, values[next + 1]!);
          const at = place + actions[copy]!;
          values[at] = values[at]! + learningRate * (steps.reward[copy]! + 0.95 * future - values[at]!);
        });
      return {
        async update() {
          if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
          const draws = rng.split('update').split(update);
          let total = 0;
          for (let time = 0; time < 8; time += 1) {
            environment.reset(steps.stepType.map((type) => (type === 2 ? 1 : 0)));
            const places = Array.from({ length: copies }, (_, copy) => placeOf(steps, copy));
            const actions = Float32Array.from(places, (place) =>
              draws.next() < 0.3 ? draws.integer(2) : greedy(values, place),
            );
            steps = environment.step(actions);
            learn(places, actions);
            total += steps.reward.reduce((sum, reward) => sum + reward, 0) / copies;
          }
          update += 1;
          return { metrics: { return: update === breaksAt ? Number.NaN : total } };
        },
        parameters: () => ({ values: { dtype: 'float32', shape: [values.length], data: values } }),
        save() {
          const data = environment.snapshot();
          return {
            tensors: {
              values: { dtype: 'float32', shape: [values.length], data: values.slice() },
              environment: { dtype: 'bool', shape: [data.length], data },
            },
            metadata: { update },
          };
        },
        dispose: () => environment.dispose(),
      };
    },
    async openAgent(parameters) {
      const { values } = parameters as { values: HostTensor };
      return {
        beginTrials: (trials) => trials,
        act: async (state, steps) => ({
          actions: Float32Array.from({ length: state as number }, (_, copy) =>
            greedy(values.data as Float32Array, placeOf(steps, copy)),
          ),
          state,
        }),
        observe: (state) => state,
        endEpisode: (state) => state,
        adapt: async (state) => state,
        dispose: () => undefined,
      };
    },
  };
}

/** A plugin for tests: a corridor and a table that run in milliseconds. */
export const plugin = definePlugin({
  specificationVersion: 'v1',
  name: '@acme/control',
  version: '2.0.0',
  learners: {
    table: defineLearner({
      kind: 'control',
      summary: 'Q-learning with a table.',
      reference,
      capabilities: CAPABILITIES,
      defaults: { learningRate: 0.3, copies: 4, pause: 0, breaksAt: 0 } as TableOptions,
      create: table,
    }),
    mover: defineLearner({
      kind: 'control',
      summary: 'Wants continuous actions and goals.',
      reference,
      capabilities: { ...CAPABILITIES, actions: ['continuous'], needs: ['goals'] },
      defaults: { learningRate: 0.3, copies: 4, pause: 0, breaksAt: 0 } as TableOptions,
      create: table,
    }),
  },
  distributions: {
    corridor: defineDistribution({
      kind: 'control',
      summary: 'A corridor with two ends.',
      defaults: { shown: true },
      create: corridor,
    }),
  },
});
