import {
  type ControlAgent,
  type ControlCapabilities,
  type ControlLearner,
  type ControlTraining,
  type ControlTrainingContext,
  defineLearner,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  type Plugin,
  TasklearnError,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  CAPABILITIES,
  controlPlugin,
  type GreedyOptions,
  greedy,
  greedyDescriptor,
  type Memory,
} from './__fixtures__/toy-control.js';
import { trivialControlDistribution } from './control/trivial-control-distribution.js';
import { type ControlLearnerCheckOptions, controlLearnerChecks } from './control-learner-checks.js';

type Learner = ControlLearner<Memory>;
type Change = (good: Learner, options: Readonly<GreedyOptions>) => Partial<Learner>;

const given: ControlLearnerCheckOptions = { learning: { updates: 8 } };

/** A plugin whose learner is changed. */
function broken(change: Change, capabilities: Partial<ControlCapabilities> = {}): Plugin {
  const descriptor = {
    ...greedyDescriptor,
    capabilities: { ...CAPABILITIES, ...capabilities },
    create: (options: Readonly<GreedyOptions>) => {
      const good = greedy(options);
      return { ...good, ...change(good, options) } as ControlLearner;
    },
  };
  return { ...controlPlugin, learners: { greedy: defineLearner(descriptor) } };
}

/** A learner whose training is changed. */
const training =
  (change: (good: ControlTraining, context: ControlTrainingContext) => Partial<ControlTraining>): Change =>
  (learner) => ({
    async openTraining(context, saved) {
      const good = await learner.openTraining(context, saved);
      return { ...good, ...change(good, context) };
    },
  });

/** A learner whose agents are changed. */
const agents =
  (change: (good: ControlAgent<Memory>, weights: Float32Array) => Partial<ControlAgent<Memory>>): Change =>
  (learner) => ({
    async openAgent(parameters, context) {
      const good = await learner.openAgent(parameters, context);
      return { ...good, ...change(good, leavesOf(parameters)[0]?.data as Float32Array) };
    },
  });

async function run(plugin: Plugin, name: string, more: ControlLearnerCheckOptions = given): Promise<void> {
  const check = controlLearnerChecks(plugin, 'greedy', more).find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

/** Weights that depend on something else too. */
const moved = (good: ControlTraining, by: () => number) => ({
  parameters() {
    const { advantage } = good.parameters() as { advantage: HostTensor };
    return {
      advantage: { ...advantage, data: (advantage.data as Float32Array).map((value) => value + by()) },
    };
  },
});

/** Flips the actions of copies where the condition holds. */
const flipping = (
  good: ControlAgent<Memory>,
  flips: (copy: number, observation: Float32Array, state: Memory) => boolean,
): Partial<ControlAgent<Memory>> => ({
  async act(state, steps, active, rng) {
    const acted = await good.act(state, steps, active, rng);
    const actions = acted.actions.map((action, copy) =>
      flips(copy, steps.observation, state) ? 1 - action : action,
    );
    return { ...acted, actions };
  },
});

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
  ['same seed, same numbers', 'ignores its seed', training((good) => moved(good, Math.random))],
  [
    'a resumed training continues bit for bit',
    'forgets its count of updates',
    training((good) => ({ save: () => ({ ...good.save(), metadata: { update: 0 } }) })),
  ],
  [
    'a resumed training continues bit for bit',
    'begins its episodes anew',
    (good) => ({
      async openTraining(context, saved) {
        const { distribution } = context;
        if (saved === undefined) return good.openTraining(context);
        return good.openTraining(
          {
            ...context,
            distribution: {
              ...distribution,
              createEnvironment: (...call) => ({
                ...distribution.createEnvironment(...call),
                restore: () => undefined,
              }),
            },
          },
          saved,
        );
      },
    }),
  ],
  [
    'names of tasks change nothing',
    'learns from the names of tasks',
    training((good, { distribution, rng }) =>
      moved(good, () => distribution.task('train', 0, rng).id.length / 100),
    ),
  ],
  [
    'parameters and metrics are finite',
    'reports NaN',
    training((good) => ({
      update: async () => {
        await good.update();
        return { metrics: { loss: Number.NaN } };
      },
    })),
  ],
  [
    'leaks no tensor per update',
    'keeps a tensor of every update',
    training((good) => ({
      update() {
        tf.scalar(1);
        return good.update();
      },
    })),
  ],
  [
    'frees what it opened for training',
    'keeps its environment',
    training(() => ({ dispose: () => undefined })),
  ],
  [
    'frees what it opened for training',
    'keeps a tensor',
    training(() => {
      tf.scalar(1);
      return {};
    }),
  ],
  [
    'environment steps are those it was lent',
    'counts wrongly',
    training((good) => ({
      update: async () => ({ metrics: { ...(await good.update()).metrics, environmentSteps: 1 } }),
    })),
  ],
  [
    'acts in trials of its tasks',
    'takes an action that does not exist',
    agents((good) => ({
      act: async (...call) => ({ ...(await good.act(...call)), actions: new Float32Array(3).fill(2) }),
    })),
  ],
  [
    'acts in trials of its tasks',
    'acts in one copy only',
    agents((good) => ({
      act: async (...call) => ({ ...(await good.act(...call)), actions: new Float32Array(1) }),
    })),
  ],
  [
    'leaves what it is shown as it was',
    'normalises observations where they lie',
    agents((good) => ({
      act(state, steps, active, rng) {
        steps.observation.forEach((value, at) => {
          steps.observation[at] = value / 2;
        });
        return good.act(state, steps, active, rng);
      },
    })),
  ],
  [
    'leaves what it is shown as it was',
    'adapts its parameters where they lie',
    agents((good, weights) => ({
      adapt(state, rng) {
        weights[0] = (weights[0] as number) + 1e-3;
        return good.adapt(state, rng);
      },
    })),
  ],
  [
    'leaks no tensor per trial',
    'keeps a tensor of every episode',
    agents((good) => ({
      endEpisode(state) {
        tf.scalar(1);
        return good.endEpisode(state);
      },
    })),
  ],
  [
    'same seed, same actions',
    'tosses a coin of its own',
    agents((good) => flipping(good, () => Math.random() < 0.5)),
  ],
  [
    'parameters are all that agents need',
    'keeps what it has learnt to itself',
    (good) => {
      let own: Float32Array | undefined;
      return {
        async openTraining(...call) {
          const opened = await good.openTraining(...call);
          own = Float32Array.of(0, 0, 0);
          return opened;
        },
        openAgent: (parameters, context) =>
          good.openAgent(own === undefined ? { advantage: negated(parameters) } : parameters, context),
      };
    },
  ],
  [
    'acting does not change task states',
    'counts in place',
    agents((good) => ({
      observe: (state) => state,
      ...flipping(good, (_copy, _observation, { sum }) => {
        sum[1] = (sum[1] as number) + 1;
        return (sum[1] as number) % 2 === 0;
      }),
    })),
  ],
  [
    'a trial keeps nothing of earlier trials',
    'remembers across trials',
    agents((good) => {
      let trials = 0;
      return {
        beginTrials(...call) {
          trials += 1;
          return good.beginTrials(...call);
        },
        ...flipping(good, () => trials > 1),
      };
    }),
  ],
  [
    'trials do not influence each other',
    'normalises over the batch',
    agents((good) =>
      flipping(good, (_copy, observation) => {
        const goals = observation.filter((_, at) => at % 2 === 1);
        return goals.reduce((sum, goal) => sum + goal, 0) > 0;
      }),
    ),
  ],
  [
    'learns more than random',
    'learns the wrong way round',
    training((good) => ({
      parameters: () => ({ advantage: negated(good.parameters()) }),
    })),
  ],
  [
    'executors agree',
    'is another learner when compiled',
    training((good, { executor }) => moved(good, () => (executor.name.startsWith('eager') ? 0 : 1))),
  ],
];

function negated(parameters: unknown): HostTensor {
  const { advantage } = parameters as { advantage: HostTensor };
  return { ...advantage, data: (advantage.data as Float32Array).map((value) => -value) };
}

describe('controlLearnerChecks', () => {
  describe.each(['discrete', 'continuous'] as const)(
    'a learner that keeps every rule, %s actions',
    (actions) => {
      const distribution = trivialControlDistribution({ actions });
      const badOptions = [{ learningRate: -1 }, { stepsPerUpdate: 0.5 }];
      for (const check of controlLearnerChecks(controlPlugin, 'greedy', {
        ...given,
        distribution,
        badOptions,
      }))
        it(check.name, check.run);
    },
  );

  it.each(mistakes)('%s: one that %s', async (name, _mistake, change) => {
    await run(controlPlugin, name);
    await expect(run(broken(change), name)).rejects.toMatchObject({
      code: expect.stringMatching(/FAILED|NOT_FINITE|SHAPE_MISMATCH/),
    });
    await run(broken(change), name, { ...given, expectedFailures: { [name]: 'on purpose' } });
  });

  it('refuses tasks it does not declare: one that takes all', async () => {
    const name = 'refuses tasks it does not declare';
    const capabilities = { actions: ['discrete'], needs: ['goals', 'finiteStates'] } as const;
    await expect(
      run(
        broken(() => ({}), capabilities),
        name,
      ),
    ).rejects.toMatchObject({
      code: '@tasklearn/conformance:FAILED',
    });
    const strict: Change = (good) => ({
      openTraining: (context, saved) => {
        const { spec } = context.distribution;
        if (
          spec.action.dtype === 'int32' &&
          spec.goal !== undefined &&
          'tabularModel' in context.distribution
        )
          return good.openTraining(context, saved);
        throw new TasklearnError('UNSUPPORTED_TASK', 'no');
      },
    });
    await run(broken(strict, capabilities), name);
  });

  it('does not ask for the same numbers of a learner that declares none', () => {
    const names = controlLearnerChecks(
      broken(() => ({}), { deterministic: false }),
      'greedy',
      {
        executors: [eagerExecutor()],
      },
    ).map(({ name }) => name);
    expect(names).not.toContain('same seed, same numbers');
    expect(names).not.toContain('executors agree');
    expect(names).toContain('learns more than random');
  });

  it('knows only control learners of the plugin', () => {
    expect(() => controlLearnerChecks(controlPlugin, 'gredy')).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_LEARNER' }),
    );
  });

  it('has a mistake for every check', () => {
    const names = controlLearnerChecks(controlPlugin, 'greedy').map(({ name }) => name);
    const covered = new Set([...mistakes.map(([name]) => name), 'refuses bad option values']);
    expect([...covered].sort()).toEqual(names.sort());
  });
});
