import {
  type ControlDistribution,
  type ControlTask,
  createRng,
  type Environment,
  TasklearnError,
  type TimeSteps,
} from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { trivialControlDistribution } from './control/trivial-control-distribution.js';
import { type EnvironmentCheckOptions, environmentChecks } from './environment-checks.js';

const svg = (inside = '') => `<svg viewBox="0 0 1 1">${inside}</svg>`;
const discrete: ControlDistribution = {
  ...trivialControlDistribution(),
  draw: () => svg(),
  drawFrame: () => svg(),
};
const continuous = trivialControlDistribution({ actions: 'continuous' });

async function run(
  distribution: ControlDistribution,
  name: string,
  options: EnvironmentCheckOptions = {},
): Promise<void> {
  const check = environmentChecks(distribution, options).find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check '${name}'`);
  await check.run();
}

type Change = (good: Environment, tasks: readonly ControlTask[]) => Partial<Environment>;

/** A distribution whose environments are changed. */
function broken(change: Change, good: ControlDistribution = discrete): ControlDistribution {
  return {
    ...good,
    createEnvironment(tasks, copiesPerTask, rng) {
      const environment = good.createEnvironment(tasks, copiesPerTask, rng);
      return { ...environment, ...change(environment, tasks) };
    },
  };
}

/** Environments that show something else after each step. */
const showing =
  (change: (steps: TimeSteps, actions: Float32Array, active?: Uint8Array) => void): Change =>
  (good) => ({
    step(actions, active) {
      const steps = good.step(actions, active);
      change(steps, actions, active);
      return steps;
    },
  });

let calls = 0;
const counter = () => {
  calls += 1;
  return calls;
};

const badTask = (
  change: (task: ControlTask, index: number) => Partial<ControlTask>,
): ControlDistribution => ({
  ...discrete,
  task: (split, index, rng) => {
    const task = discrete.task(split, index, rng);
    return { ...task, ...change(task, index) };
  },
});

/** What each distribution does wrong, under the name of the check that must notice. */
const mistakes: readonly (readonly [check: string, mistake: string, distribution: ControlDistribution])[] = [
  [
    'the same split, index and seed give the same task',
    'counts its calls',
    badTask(() => ({ parameters: { goal: counter() } })),
  ],
  [
    'the same split, index and seed give the same task',
    'draws from the stream it is given',
    {
      ...discrete,
      task: (split, index, rng) => ({
        ...discrete.task(split, index, rng),
        parameters: { goal: rng.next() },
      }),
    },
  ],
  ['tasks differ where they are said to', 'has one task', badTask(() => ({ parameters: { goal: 1 } }))],
  ['tasks differ where they are said to', 'declares nothing', { ...discrete, varies: [] }],
  ['tasks are plain data', 'has a parameter of NaN', badTask(() => ({ parameters: { goal: Number.NaN } }))],
  ['tasks are plain data', 'has one id for two tasks', badTask(() => ({ id: 'task' }))],
  ['tasks are plain data', 'has an identity too many', badTask(() => ({ identity: 2 }))],
  [
    'splits share no task',
    'gives every split the same tasks',
    { ...discrete, task: (_split, index, rng) => discrete.task('train', index, rng) },
  ],
  [
    'what is shown fits the spec',
    'leaves its range',
    broken(showing(({ observation }) => observation.fill(2, 0, 1))),
  ],
  ['what is shown fits the spec', 'pays NaN', broken(showing(({ reward }) => reward.fill(Number.NaN)))],
  [
    'what is shown fits the spec',
    'has a discount of a half',
    broken(showing(({ discount }) => discount.fill(0.5))),
  ],
  [
    'what is shown fits the spec',
    'has success where there is none',
    { ...discrete, spec: { ...discrete.spec, hasSuccess: false } },
  ],
  [
    'what is shown fits the spec',
    'has another number of copies',
    {
      ...discrete,
      createEnvironment: (tasks, copies, rng) => discrete.createEnvironment(tasks, copies + 1, rng),
    },
  ],
  [
    'the same seed gives the same episodes',
    'draws from elsewhere',
    broken(showing(({ reward }) => reward.fill(Math.random()))),
  ],
  [
    'many copies do what each does alone',
    'counts the steps of all copies together',
    broken((good) => {
      let time = 0;
      return showing(({ reward }, _actions, active) => {
        time += 1;
        for (const copy of reward.keys()) if (active?.[copy] !== 0) reward[copy] = time;
      })(good, []);
    }),
  ],
  [
    'masks leave the other copies as they are',
    'shows rewards of all anew',
    broken(showing(({ reward }) => reward.fill(1))),
  ],
  [
    'masks leave the other copies as they are',
    'resets every copy',
    broken((good) => ({ reset: () => good.reset() })),
  ],
  [
    'a snapshot brings back everything',
    'leaves something out',
    broken((good) => {
      let bonus = 0;
      return showing(({ reward }) => {
        bonus += 1;
        reward.fill(bonus);
      })(good, []);
    }),
  ],
  [
    'a snapshot brings back everything',
    'lends out its own memory',
    broken((good) => {
      const memory = good.snapshot();
      return {
        snapshot: () => memory,
        ...showing(() => memory.set(good.snapshot()))(good, []),
      };
    }),
  ],
  [
    'a snapshot brings back everything',
    'does not show it',
    broken((good) => {
      let shown: TimeSteps | undefined;
      return {
        reset: (which) => {
          if (shown === undefined || which === undefined || which.includes(1))
            shown = structuredClone(good.reset(which));
          return shown;
        },
      };
    }),
  ],
  [
    'a snapshot of another environment is refused',
    'takes anything',
    broken(() => ({ restore: () => undefined })),
  ],
  [
    'episodes terminate, or are truncated at the horizon',
    'bootstraps nothing from a truncated episode',
    broken(
      showing(({ stepType, discount }) => {
        for (const copy of discount.keys()) if (stepType[copy] === 2) discount[copy] = 1;
      }),
    ),
  ],
  [
    'episodes terminate, or are truncated at the horizon',
    'goes on beyond its horizon',
    { ...discrete, spec: { ...discrete.spec, horizon: 3 } },
  ],
  [
    'episodes terminate, or are truncated at the horizon',
    'rewards the first step',
    broken((good) => ({
      reset(which) {
        const steps = good.reset(which);
        steps.reward.fill(1);
        return steps;
      },
    })),
  ],
  [
    'steps need a reset first',
    'resets by itself',
    broken((good) => ({
      step(actions, active) {
        try {
          return good.step(actions, active);
        } catch (error) {
          if (!TasklearnError.is(error, 'RESET_NEEDED')) throw error;
          good.reset();
          return good.step(actions, active);
        }
      },
    })),
  ],
  [
    'wrong actions are refused',
    'fills up what is missing',
    broken((good) => ({
      step: (actions, active) =>
        good.step(
          Float32Array.from({ length: good.copies }, (_, copy) => actions[copy] ?? 0),
          active,
        ),
    })),
  ],
  [
    'wrong actions are refused',
    'takes every number for an action',
    broken((good) => ({
      step: (actions, active) =>
        good.step(
          actions.map((value) => (value > 0 ? 1 : 0)),
          active,
        ),
    })),
  ],
  [
    'actions are clipped to their limits',
    'pays for effort',
    broken(
      showing(({ reward }, actions) => {
        for (const copy of reward.keys()) reward[copy] = -Math.abs(actions[copy] as number);
      }),
      continuous,
    ),
  ],
  [
    'stepping makes nothing that stays',
    'makes new arrays',
    broken((good) => ({ reset: (which) => structuredClone(good.reset(which)) })),
  ],
  ['stepping makes nothing that stays', 'makes tensors', broken(showing(() => tf.scalar(1)))],
  [
    'rewards off-line are those of stepping',
    'has another reward off-line',
    { ...discrete, reward: (_task, { next }) => new Float32Array(next.length / 2) },
  ],
  [
    'recordable rewards are those of stepping',
    'has another reward over tensors',
    { ...discrete, recordableReward: (_task, _observation, _action, next) => tf.sum(next, -1) },
  ],
  [
    'recordable rewards are those of stepping',
    'cannot be recorded',
    {
      ...discrete,
      recordableReward: (task, observation, action, next) =>
        tf.tensor(discrete.recordableReward!(task, observation, action, next).dataSync()),
    },
  ],
  [
    'rewards are a law of goals achieved and desired',
    'pays for actions',
    {
      ...discrete,
      reward: (task, transitions) =>
        discrete.reward!(task, transitions).map((value, at) => value - (transitions.action[at] as number)),
    },
  ],
  [
    'rewards are a law of goals achieved and desired',
    'reads the goal of the task',
    {
      ...discrete,
      reward: ({ parameters }, { next }) =>
        Float32Array.from(
          { length: next.length / 2 },
          (_, at) => -Math.abs((next[2 * at] as number) - (parameters.goal as number)),
        ),
    },
  ],
  [
    'references act, oracles well',
    'has an oracle that errs',
    {
      ...discrete,
      references: {
        oracle: (tasks, copies) => ({
          act: () =>
            Float32Array.from({ length: tasks.length * copies }, (_, copy) =>
              (tasks[copy]?.parameters.goal as number) < 0 ? 1 : 0,
            ),
        }),
      },
    },
  ],
  ['drawings stand by themselves', 'runs a script', { ...discrete, draw: () => svg('<script/>') }],
  [
    'drawings stand by themselves',
    'fetches a picture',
    { ...discrete, drawFrame: () => svg('<image href="https://example.org/a.png"/>') },
  ],
  [
    'drawings stand by themselves',
    'has frames of many sizes',
    { ...discrete, drawFrame: (_task, observation) => `<svg viewBox="0 0 ${observation[0]} 1"></svg>` },
  ],
];

describe('environmentChecks', () => {
  const worlds: readonly (readonly [string, ControlDistribution])[] = [
    ['discrete actions and goals', discrete],
    ['continuous actions and goals', continuous],
    ['discrete actions, hidden goals', trivialControlDistribution({ goal: 'hidden' })],
    [
      'continuous actions, hidden goals',
      trivialControlDistribution({ actions: 'continuous', goal: 'hidden' }),
    ],
  ];
  describe.each(worlds)('%s', (_name, distribution) => {
    for (const check of environmentChecks(distribution)) it(check.name, check.run);
  });

  it.each(mistakes)('%s: one that %s', async (name, _mistake, distribution) => {
    await run(continuous === distribution ? continuous : discrete, name).catch((error) => {
      if (!/no check/.test(String(error))) throw error;
    });
    await expect(run(distribution, name)).rejects.toThrow();
    await run(distribution, name, { expectedFailures: { [name]: 'on purpose' } });
  });

  it('fails by its own code', async () => {
    const [name, , distribution] = mistakes[0]!;
    await expect(run(distribution, name)).rejects.toMatchObject({ code: '@tasklearn/conformance:FAILED' });
  });

  it('has a mistake for every check', () => {
    const names = new Set(environmentChecks(discrete).map(({ name }) => name));
    expect(new Set(mistakes.map(([name]) => name))).toEqual(names);
  });

  it('lets a world of one task share it', () => {
    const single: ControlDistribution = {
      ...discrete,
      varies: [],
      task: (_split, _index, rng) => discrete.task('train', 0, rng),
    };
    const names = environmentChecks(single).map(({ name }) => name);
    expect(names).not.toContain('splits share no task');
    expect(
      environmentChecks(single)
        .find(({ name }) => name.startsWith('tasks differ'))!
        .run(),
    ).resolves;
  });
});

describe('the exact model of trivial tasks', () => {
  it('predicts every step', () => {
    const world =
      trivialControlDistribution() as never as import('@tasklearn/core').TabularControlDistribution;
    const task = world.task('train', 1, createRng(0));
    const { transition, reward, states, terminal } = world.tabularModel(task);
    const environment = world.createEnvironment([task], 1, createRng(1));
    let state = world.stateOf(task, environment.reset().observation);
    for (let time = 0; time < 12; time += 1) {
      const action = time % 3 === 0 ? 0 : 1;
      const steps = environment.step(Float32Array.of(action));
      const next = world.stateOf(task, steps.observation);
      const at = (state * 2 + action) * states + next;
      expect([transition[at], terminal[next]]).toEqual([1, steps.discount[0] === 0 ? 1 : 0]);
      expect(reward[at]).toBeCloseTo(steps.reward[0]!, 6);
      expect(world.observationOf(task, next)).toEqual(steps.observation);
      if (steps.stepType[0] === 2) environment.reset();
      state = world.stateOf(task, environment.reset(new Uint8Array(1)).observation);
    }
  });
});
