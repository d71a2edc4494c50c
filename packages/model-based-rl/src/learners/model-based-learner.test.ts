import {
  type ControlDistribution,
  type ControlTraining,
  createRng,
  type Executor,
  eagerExecutor,
  type HostTensor,
  leavesOf,
  type PartialOptions,
  runTrials,
  sharedReward,
  TasklearnError,
  type Tree,
} from '@tasklearn/core';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pointMass } from '../__fixtures__/point-mass.js';
import { modelBasedLearner } from './model-based-learner.js';
import type { ModelBasedOptions } from './model-based-options.js';

const compiled = compiledExecutor({ threads: 1, fallback: 'error' });
const small: PartialOptions<ModelBasedOptions> = {
  model: { hidden: [8], members: 2 },
  outcomes: { termination: 'ignored', hidden: [8] },
  planner: { candidates: 16, elites: 4, iterations: 2 },
  control: { horizon: 4 },
  fit: { steps: 5, batchSize: 8 },
};
const variants: Record<string, PartialOptions<ModelBasedOptions>> = {
  'random shooting, random features': {
    model: { kind: 'random-features', members: 1, features: 10 },
    planner: { kind: 'random-shooting', candidates: 16 },
  },
  'cross-entropy, ensemble': {},
  'cross-entropy, probabilistic ensemble, TS1': {
    model: { head: 'gaussian', members: 2, hidden: [8] },
    control: { horizon: 4, sampling: 'ts1', particles: 2 },
  },
  'path integral, learned reward and termination': {
    planner: { kind: 'path-integral', candidates: 16, iterations: 1 },
    outcomes: { reward: 'learned', termination: 'learned', hidden: [8] },
  },
  'gradient ascent, open loop': {
    planner: { kind: 'gradient-ascent', candidates: 2, iterations: 2 },
    control: { horizon: 0, replanEvery: 0 },
  },
  'gradient step': {
    model: { members: 1, hidden: [8] },
    adaptation: { kind: 'gradient', support: 3, query: 2 },
  },
  'recurrent model': {
    model: { members: 1 },
    adaptation: { kind: 'recurrent', support: 3, query: 2, units: 6 },
  },
  'fine-tuning': {
    model: { members: 1, hidden: [8] },
    adaptation: { kind: 'fine-tune', support: 3, steps: 2 },
  },
};
const optionsOf = (name: string): PartialOptions<ModelBasedOptions> => {
  const changes = variants[name] as Record<string, object>;
  const merged = Object.entries({ ...small, ...changes }).map(([key, value]) => [
    key,
    { ...(small as Record<string, object>)[key], ...value },
  ]);
  return Object.fromEntries(merged);
};

function open(
  options: PartialOptions<ModelBasedOptions>,
  executor: Executor,
  saved?: ReturnType<ControlTraining['save']>,
  distribution: ControlDistribution = pointMass(),
) {
  const context = { distribution, trial: distribution.trial, executor, rng: createRng(3) };
  return modelBasedLearner(options).openTraining(context, saved);
}

async function trained(options: PartialOptions<ModelBasedOptions>, executor: Executor, updates: number) {
  const training = await open(options, executor);
  const metrics: Readonly<Record<string, number>>[] = [];
  for (let update = 0; update < updates; update += 1) metrics.push((await training.update()).metrics);
  return { training, metrics };
}

const numbers = (tree: Tree<HostTensor>) => leavesOf(tree).flatMap((leaf) => Array.from(leaf.data));

let before = 0;
beforeEach(async () => {
  await tf.ready();
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

describe.each(Object.keys(variants))('%s', (name) => {
  it('is the same eagerly and compiled, and leaves no tensor behind', async () => {
    const [one, two] = [
      await trained(optionsOf(name), eagerExecutor(), 2),
      await trained(optionsOf(name), compiled, 2),
    ];
    const [a, b] = [numbers(one.training.parameters()), numbers(two.training.parameters())];
    expect(a.length).toBe(b.length);
    expect(Math.max(...a.map((value, index) => Math.abs(value - (b[index] as number))))).toBeLessThan(2e-3);
    expect(two.metrics[1]?.return).toBeCloseTo(one.metrics[1]?.return as number, 2);
    for (const { training } of [one, two]) training.dispose();
  });

  it('goes on from what was saved as if it had not stopped', async () => {
    const { training } = await trained(optionsOf(name), compiled, 1);
    const again = await open(optionsOf(name), compiled, training.save());
    const [a, b] = [await training.update(), await again.update()];
    expect(b.metrics).toEqual(a.metrics);
    expect(numbers(again.parameters())).toEqual(numbers(training.parameters()));
    training.dispose();
    again.dispose();
    again.dispose();
  });
});

describe('modelBasedLearner', () => {
  it('learns to reach a point within three episodes, in lock-step trials', async () => {
    const options = {
      ...small,
      fit: { steps: 300 },
      control: { horizon: 8 },
      planner: { candidates: 64, elites: 8 },
    };
    const { training, metrics } = await trained(options, compiled, 3);
    expect(metrics[0]?.return).toBeLessThan(-8); // Random actions.
    const distribution = pointMass();
    const reward = sharedReward(distribution);
    const agent = await modelBasedLearner(options).openAgent(training.parameters(), {
      spec: distribution.spec,
      executor: compiled,
      ...(reward === undefined ? {} : { reward }),
    });
    const tasks = [0, 1, 2].map((index) => distribution.task('test', index, createRng(0)));
    const results = await runTrials({
      agent,
      distribution,
      tasks,
      trial: distribution.trial,
      rng: createRng(1),
    });
    for (const { episodes } of results) expect(episodes[0]?.return).toBeGreaterThan(-3.5);
    agent.dispose();
    training.dispose();
  });

  it('logs what was predicted beside what came', async () => {
    const { training, metrics } = await trained({ ...small, control: { horizon: 10 } }, compiled, 2);
    const { predictedReturn = 0, realReturn = 0, exploitationGap, withoutSignal } = metrics[1] ?? {};
    expect(exploitationGap).toBeCloseTo(predictedReturn - realReturn, 6);
    expect(predictedReturn).not.toBe(realReturn);
    expect(withoutSignal).toBe(0);
    training.dispose();
  });

  it('adapts to the gain of each trial where one model cannot', async () => {
    const distribution = pointMass([1, -1]);
    const reward = sharedReward(distribution);
    const level = async (adaptation: object) => {
      const learner = modelBasedLearner({
        model: { members: 1, hidden: [32] },
        outcomes: { termination: 'ignored' },
        adaptation: { support: 4, query: 4, ...adaptation },
        planner: { candidates: 32, elites: 4 },
        control: { horizon: 6 },
        data: { initialEpisodes: 8 },
        fit: { steps: 500, batchSize: 32 },
      });
      const training = await learner.openTraining({
        distribution,
        trial: distribution.trial,
        executor: compiled,
        rng: createRng(0),
      });
      await training.update();
      const agent = await learner.openAgent(training.parameters(), {
        spec: distribution.spec,
        executor: compiled,
        ...(reward === undefined ? {} : { reward }),
      });
      const tasks = [0, 1, 2, 3].map((index) => distribution.task('test', index, createRng(0)));
      const results = await runTrials({
        agent,
        distribution,
        tasks,
        trial: distribution.trial,
        rng: createRng(1),
      });
      agent.dispose();
      training.dispose();
      return Math.min(...results.map(({ episodes }) => episodes[0]?.return as number));
    };
    const [fixed, adapted] = [
      await level({ kind: 'none', forced: true }),
      await level({ kind: 'gradient', innerRate: 0.1 }),
    ];
    expect(adapted).toBeGreaterThan(fixed + 10);
  });

  it('refuses what it cannot serve', async () => {
    const several = pointMass([1, -1]);
    await expect(open({ ...small }, compiled, undefined, several)).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
    });
    const rewards = { ...pointMass(), varies: ['reward'] as const };
    await expect(open({ ...small }, compiled, undefined, rewards)).rejects.toMatchObject({
      code: 'UNSUPPORTED_TASK',
    });
    const discrete = pointMass();
    const spec = { ...discrete.spec, action: { shape: [], dtype: 'int32', minimum: 0, maximum: 1 } } as const;
    await expect(
      open({ ...small, planner: { kind: 'gradient-ascent' } }, compiled, undefined, { ...discrete, spec }),
    ).rejects.toMatchObject({ code: 'UNSUPPORTED_TASK' });
    expect(() => modelBasedLearner({ model: { kind: 'oracle' as never } })).toThrow(TasklearnError);
    expect(() => modelBasedLearner({ planner: { candidate: 3 } as never })).toThrow(TasklearnError);
  });
});
