import {
  defineLearner,
  type HostTensor,
  type Plugin,
  type StreamAgent,
  type StreamLearner,
  type StreamNeeds,
  type SupervisedCapabilities,
  TasklearnError,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  openToy,
  STREAM_CAPABILITIES,
  type StreamToyOptions,
  type StreamToyState,
  streamPlugin,
  streamToy,
  streamToyDescriptor,
  trainedToy,
} from './__fixtures__/toy-stream.js';
import { pluginChecks } from './plugin-checks.js';
import { trivialStreamDistribution } from './stream/trivial-stream-distribution.js';
import { type StreamLearnerCheckOptions, streamLearnerChecks } from './stream-learner-checks.js';

type Agent = StreamAgent<StreamToyState>;
type Learner = StreamLearner<StreamToyState>;
type Change = (good: Learner, options: Readonly<StreamToyOptions>) => Partial<Learner>;

/** A plugin whose learner is changed. */
function broken(
  change: Change,
  capabilities: Partial<SupervisedCapabilities> = {},
  make: (options: Readonly<StreamToyOptions>) => Learner = streamToy,
): Plugin {
  const descriptor = {
    ...streamToyDescriptor,
    capabilities: { ...STREAM_CAPABILITIES, ...capabilities },
    create: (options: Readonly<StreamToyOptions>) => {
      const good = make(options);
      return { ...good, ...change(good, options) } as StreamLearner;
    },
  };
  return { ...streamPlugin, learners: { linear: defineLearner(descriptor) } };
}

async function run(plugin: Plugin, name: string, more: StreamLearnerCheckOptions = {}): Promise<void> {
  const check = streamLearnerChecks(plugin, 'linear', more).find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

/** An agent with some of its functions replaced. */
const agentWith =
  (change: (agent: Agent, options: Readonly<StreamToyOptions>) => Partial<Agent>): Change =>
  (good, options) => ({
    async openAgent(...given) {
      const agent = await good.openAgent(...given);
      return { ...agent, ...change(agent, options) };
    },
  });

const needing =
  (needs: Partial<StreamNeeds>): Change =>
  (good) => ({ needs: (spec) => ({ ...good.needs(spec), ...needs }) });

const scaled = (means: HostTensor, by: number): HostTensor => ({
  ...means,
  data: (means.data as Float32Array).map((value) => value * by),
});

const kept: tf.Tensor[] = [];
let calls = 0;

/** What each learner does wrong, under the name of the check that must notice. */
const mistakes: readonly (readonly [check: string, mistake: string, change: Change])[] = [
  [
    'creates from its defaults alone',
    'reads an option that it does not declare',
    (good, options) => {
      void (options as { momentum?: number }).momentum;
      return good;
    },
  ],
  ['declares what it needs', 'needs half an item', needing({ storage: 4.5 })],
  ['declares what it needs', 'declares a training that it lacks', needing({ metaTraining: true })],
  ['declares what it needs', 'needs fewer gradients than none', needing({ gradientsPerItem: -1 })],
  [
    'lives on every stream that grants what it needs',
    'looks up the task without having asked to be told',
    agentWith((agent) => ({
      predict(state, step, rng) {
        if (step.taskLabel === undefined) throw new TypeError('undefined is no label');
        return agent.predict(state, step, rng);
      },
    })),
  ],
  [
    'lives on streams of every kind of target it declares',
    'takes every target for a class',
    agentWith((agent) => ({
      observe(state, step, targets, rng) {
        if (targets.dtype !== 'int32') throw new RangeError('no class');
        return agent.observe(state, step, targets, rng);
      },
    })),
  ],
  [
    'predictions fit the targets',
    'predicts the first item only',
    agentWith((agent) => ({
      async predict(state, step, rng) {
        const { data, shape, dtype } = await agent.predict(state, step, rng);
        return { dtype, shape: [1, ...shape.slice(1)], data: data.slice(0, shape[1]) as Float32Array };
      },
    })),
  ],
  [
    'predictions fit the targets',
    'gives numbers that are no probabilities',
    agentWith((agent) => ({
      predict: async (...given) => scaled(await agent.predict(...given), 2),
    })),
  ],
  [
    'predictions of an item do not depend on other items',
    'centres what it is asked',
    agentWith((agent) => ({
      predict(state, step, rng) {
        const data = step.inputs.data as Float32Array;
        const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
        return agent.predict(
          state,
          { ...step, inputs: { ...step.inputs, data: data.map((value) => value - mean) } },
          rng,
        );
      },
    })),
  ],
  [
    'sees no target before it has predicted',
    'looks around in the memory that its inputs are in',
    agentWith((agent) => ({
      async predict(state, step, rng) {
        const means = await agent.predict(state, step, rng);
        const { buffer, byteOffset, byteLength } = step.inputs.data;
        const after = buffer.byteLength - byteOffset - byteLength;
        if (after < 4) return means;
        const [target] = new Int32Array(buffer, byteOffset + byteLength, 1);
        const share = new Float32Array(means.data.length).fill(0.1);
        for (let first = 0; first < share.length; first += 4) share[first + (target as number)] = 0.7;
        return { ...means, data: share };
      },
    })),
  ],
  [
    'leaves what it was given and what it gave as they are',
    'overwrites its prediction by the truth',
    agentWith((agent) => {
      let last: HostTensor | undefined;
      return {
        async predict(...given) {
          last = await agent.predict(...given);
          return last;
        },
        observe(state, step, targets, rng) {
          if (last !== undefined) last.data[0] = 1 + (targets.data[0] as number);
          return agent.observe(state, step, targets, rng);
        },
      };
    }),
  ],
  [
    'leaves what it was given and what it gave as they are',
    'scales its inputs in place',
    agentWith((agent) => ({
      predict(state, step, rng) {
        for (const [at, value] of step.inputs.data.entries()) step.inputs.data[at] = value / 2;
        return agent.predict(state, step, rng);
      },
    })),
  ],
  [
    'same seed, same numbers',
    'ignores its seed',
    agentWith((agent) => ({
      begin(rng) {
        const state = agent.begin(rng);
        return { ...state, weights: scaled(state.weights, Math.random()) };
      },
    })),
  ],
  [
    'lifetimes know nothing of each other',
    'counts its steps on its own',
    agentWith((agent) => {
      let steps = 0;
      return {
        predict: async (state, step, rng) => {
          steps += 1;
          const { data, ...means } = await agent.predict(state, step, rng);
          const mixed = (data as Float32Array).map((value) => (value + steps) / (1 + 4 * steps));
          return { ...means, data: mixed };
        },
      };
    }),
  ],
  [
    'a lifetime resumed from its state continues bit for bit',
    'holds what is no plain data',
    agentWith((agent) => ({
      begin: (rng) => ({ ...agent.begin(rng), later: () => 1 }) as never,
      observe: async (...given) => ({ ...(await agent.observe(...given)), later: () => 1 }) as never,
    })),
  ],
  [
    'a lifetime resumed from its state continues bit for bit',
    'remembers something beside its state',
    agentWith((agent) => {
      const last = new WeakMap<object, number>();
      return {
        async observe(state, step, targets, rng) {
          const next = await agent.observe(state, step, targets, rng);
          last.set(next, (last.get(state) ?? 0) + 1);
          return { ...next, weights: scaled(next.weights, 1) } && next;
        },
        async predict(state, step, rng) {
          const seen = last.get(state) ?? 0;
          const weights = scaled(state.weights, 1 + seen);
          return agent.predict({ ...state, weights }, step, rng);
        },
      };
    }),
  ],
  [
    'leaves states as they are',
    'writes the new weights over the old ones',
    agentWith((agent) => ({
      async observe(state, step, targets, rng) {
        const next = await agent.observe(state, step, targets, rng);
        state.weights.data.set(next.weights.data as never);
        return next;
      },
    })),
  ],
  ['holds no more items than it declares', 'declares fewer than it keeps', needing({ storage: 2 })],
  [
    'counts every item that it keeps',
    'keeps one in four and counts none',
    agentWith(() => ({ storedItems: () => 0 })),
  ],
  [
    'counts every item that it keeps',
    'hides items among its weights',
    agentWith((agent) => ({
      async observe(state, step, targets, rng) {
        const next = await agent.observe(state, step, targets, rng);
        const { hidden = [] } = state as { hidden?: number[] };
        return { ...next, hidden: [...hidden, new Float32Array(step.inputs.data as Float32Array)] } as never;
      },
    })),
  ],
  [
    'keeps its ledger',
    'forgets what it has evaluated',
    agentWith(() => ({ ledger: ({ gradients }) => ({ parameters: 20, gradients: -gradients }) })),
  ],
  [
    'keeps its ledger',
    'has half a parameter',
    agentWith(() => ({ ledger: ({ gradients }) => ({ parameters: 0.5, gradients }) })),
  ],
  [
    'leaks no tensor per step',
    'keeps what it predicts',
    agentWith((agent) => ({
      async predict(...given) {
        const means = await agent.predict(...given);
        kept.push(tf.keep(tf.tensor(means.data as Float32Array)));
        return means;
      },
    })),
  ],
  [
    'learns what it is shown',
    'does not move',
    agentWith(() => ({ observe: async (state) => ({ ...state }) })),
  ],
  [
    'learns what it is shown',
    'predicts the opposite',
    agentWith((agent) => ({
      async predict(state, step, rng) {
        return agent.predict({ ...state, weights: scaled(state.weights, -1) }, step, rng);
      },
    })),
  ],
  [
    'executors agree',
    'does something else each time it is opened',
    (good) => ({
      async openAgent(...given) {
        const agent = await good.openAgent(...given);
        calls += 1;
        const by = 1 + (calls % 7) / 10;
        return {
          ...agent,
          predict: (state, step, rng) =>
            agent.predict({ ...state, weights: scaled(state.weights, by) }, step, rng),
        };
      },
    }),
  ],
];

/** The same for what only meta-trained learners are asked. */
const trainingMistakes: readonly (readonly [check: string, mistake: string, change: Change])[] = [
  [
    'declares what it needs',
    'lives without parameters',
    (good, options) => ({
      openAgent: async (parameters, context) =>
        parameters === undefined
          ? openToy(options, context.spec, context.executor)
          : good.openAgent(parameters, context),
    }),
  ],
  [
    'declares what it needs',
    'falls over its missing parameters',
    (good) => ({
      openAgent: (parameters, context) => {
        void (parameters as { first: HostTensor }).first.data;
        return good.openAgent(parameters, context);
      },
    }),
  ],
  [
    'same seed, same meta-training',
    'ignores its seed',
    trainingWith((training) => ({
      update: async () => {
        await training.update();
        return { metrics: { loss: Math.random() } };
      },
    })),
  ],
  [
    'a resumed meta-training continues bit for bit',
    'saves nothing',
    trainingWith(() => ({ save: () => ({ tensors: {}, metadata: { sum: 0, updates: 0 } }) })),
  ],
  [
    'meta-trained parameters are finite and all that lifetimes need',
    'gives no parameters',
    trainingWith(() => ({ parameters: () => ({}) })),
  ],
  [
    'meta-trained parameters are finite and all that lifetimes need',
    'keeps parameters to itself',
    (good) => {
      let mine: object | undefined;
      return {
        openAgent(parameters, context) {
          mine ??= parameters as object; // Known to the first instance alone.
          const first = (parameters as { first: HostTensor }).first;
          const own = mine === parameters ? first : scaled(first, 2);
          return good.openAgent({ first: calls++ % 2 === 0 ? own : scaled(own, 3) }, context);
        },
      };
    },
  ],
  [
    'leaks no tensor per update',
    'keeps a tensor',
    trainingWith((training) => ({
      update: () => {
        kept.push(tf.keep(tf.scalar(1)));
        return training.update();
      },
    })),
  ],
];

type Training = Awaited<ReturnType<NonNullable<Learner['openTraining']>>>;

function trainingWith(change: (training: Training) => Partial<Training>): Change {
  return (good) => ({
    async openTraining(...given) {
      const training = await (good.openTraining as NonNullable<Learner['openTraining']>)(...given);
      return { ...training, ...change(training) };
    },
  });
}

describe('streamLearnerChecks', () => {
  for (const key of ['linear', 'trained'])
    for (const check of streamLearnerChecks(streamPlugin, key)) it(`${key} passes: ${check.name}`, check.run);
  for (const check of pluginChecks(streamPlugin)) it(`passes: ${check.name}`, check.run);

  it.each(mistakes)('%s: one that %s', async (name, _mistake, change) => {
    await expect(run(broken(change), name)).rejects.toThrow();
    for (const tensor of kept.splice(0)) tensor.dispose();
  });

  it.each(trainingMistakes)('%s: a trained one that %s', async (name, _mistake, change) => {
    await expect(run(broken(change, {}, trainedToy), name)).rejects.toThrow();
    for (const tensor of kept.splice(0)) tensor.dispose();
  });

  it('refuses bad option values: one that takes them', async () => {
    const takes = broken(() => ({}));
    const descriptor = {
      ...streamToyDescriptor,
      create: () => streamToy({ learningRate: 1, size: 4 }) as StreamLearner,
    };
    const plugin = { ...takes, learners: { linear: defineLearner(descriptor) } };
    await expect(run(plugin, 'refuses bad option values')).rejects.toMatchObject({
      code: '@tasklearn/conformance:FAILED',
    });
  });

  it('refuses targets it does not declare: one that takes them, and one that falls over them', async () => {
    const name = 'refuses targets it does not declare';
    const only = { targets: ['classification'] } as const;
    await expect(
      run(
        broken(() => ({}), only),
        name,
      ),
    ).rejects.toMatchObject({
      code: '@tasklearn/conformance:FAILED',
    });
    const refusing =
      (error: Error): Change =>
      (good) => ({
        async openAgent(parameters, context) {
          if (context.spec.target.kind === 'regression') throw error;
          return good.openAgent(parameters, context);
        },
      });
    await expect(run(broken(refusing(new TypeError('x')), only), name)).rejects.toThrow(/threw TypeError/);
    await run(broken(refusing(new TasklearnError('UNSUPPORTED_TASK', 'x')), only), name);
  });

  it('does not ask for the same numbers of a learner that declares none', () => {
    const names = streamLearnerChecks(
      broken(() => ({}), { deterministic: false }),
      'linear',
    ).map(({ name }) => name);
    expect(names).not.toContain('same seed, same numbers');
    expect(names).not.toContain('executors agree');
    expect(names).toContain('learns what it is shown');
  });

  it('asks for a stream that the learner can live on', async () => {
    const name = 'lives on every stream that grants what it needs';
    const { spec, ...rest } = trivialStreamDistribution();
    const distribution = { ...rest, spec: { ...spec, boundariesKnown: false } };
    const plugin = broken(needing({ taskLabels: true }));
    await expect(run(plugin, name, { distribution })).rejects.toMatchObject({
      code: '@tasklearn/conformance:FAILED',
    });
    await run(plugin, name);
  });

  it('says so where a learner cannot be created', async () => {
    const plugin = broken(() => {
      throw new TypeError('broken');
    });
    await expect(run(plugin, 'creates from its defaults alone')).rejects.toThrow(/broken/);
  });

  it('knows only learners of streams of the plugin', () => {
    expect(() => streamLearnerChecks(streamPlugin, 'liner')).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_LEARNER' }),
    );
  });

  it('has a mistake for every check', () => {
    const names = ['linear', 'trained'].flatMap((key) =>
      streamLearnerChecks(streamPlugin, key).map(({ name }) => name),
    );
    const covered = new Set([
      ...[...mistakes, ...trainingMistakes].map(([name]) => name),
      'refuses bad option values',
    ]);
    expect([...covered].sort()).toEqual([...new Set(names)].sort());
  });
});

describe('trivialStreamDistribution', () => {
  it('is the same whenever it is asked, and other for other splits and indices', () => {
    const { stream } = trivialStreamDistribution();
    const inputs = (split: 'train' | 'test', index: number) =>
      stream(split, index, null as never).step(0).inputs;
    expect(inputs('test', 0)).toEqual(inputs('test', 0));
    expect(inputs('test', 1)).not.toEqual(inputs('test', 0));
    expect(inputs('train', 0)).not.toEqual(inputs('test', 0));
  });
});
