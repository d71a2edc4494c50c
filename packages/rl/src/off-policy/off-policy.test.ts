import {
  type ControlDistribution,
  type ControlTraining,
  type ControlTrainingContext,
  createRng,
  decodeCheckpoint,
  type Executor,
  eagerExecutor,
  encodeCheckpoint,
  leavesOf,
} from '@tasklearn/core';
import { bitFlip, pendulum } from '@tasklearn/environments';
import { compiledExecutor } from '@tasklearn/runtime';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { chiSquare, frequencies } from '../__fixtures__/chi-square.js';
import { codeOf } from '../__fixtures__/code-of.js';
import { sac } from '../actor-critic/discrete-sac.js';
import { createDqn } from '../learners/dqn.js';
import { createSac } from '../learners/sac.js';
import { createSoftQ } from '../learners/soft-q.js';
import { createDdpg, createTd3 } from '../learners/td3.js';
import { dqn } from '../q-learning/dqn.js';
import { readField } from '../replay/field-layout.js';
import { explorationOf, randomActionsAt } from './exploration.js';
import { offPolicyLoopDefaults } from './off-policy-loop.js';
import { openOffPolicyTraining } from './off-policy-training.js';

const executor = compiledExecutor({ threads: 1 });
const contextOf = (distribution: ControlDistribution, on: Executor = executor): ControlTrainingContext => ({
  distribution,
  trial: distribution.trial,
  executor: on,
  rng: createRng(1),
});
const small = {
  hidden: [8],
  cycles: 4,
  collectSteps: 5,
  batchSize: 8,
  warmUpSteps: 10,
  copies: 2,
  capacity: 60,
} as const;
const numbersOf = (training: ControlTraining) => leavesOf(training.parameters()).map(({ data }) => [...data]);
const flips = bitFlip({ bits: 4 });

describe('off-policy training', () => {
  it.each([
    ['sac', () => createSac({ ...small, tasks: 2, perTask: true, temperaturePerTask: true }), pendulum()],
    [
      'td3, an odd number of steps',
      () => createTd3({ ...small, gradientSteps: 3, stepsPerCall: 2 }),
      pendulum(),
    ],
    ['dqn, n steps and priorities', () => createDqn({ ...small, nStep: 3, priorityExponent: 0.6 }), flips],
    ['dqn in hindsight', () => createDqn({ ...small, relabel: 'future', capacity: 40 }), flips],
    [
      'dqn in hindsight, task by task',
      () => createDqn({ ...small, relabel: 'random', tasks: 2, perTask: true }),
      flips,
    ],
    [
      'soft-q, new tasks',
      () => createSoftQ({ ...small, renewTasks: 1, candidates: 4 }),
      pendulum({ mass: [1, 2] }),
    ],
  ] as const)('goes on bit for bit after a save: %s', async (_name, create, distribution) => {
    const whole = await create().openTraining(contextOf(distribution));
    const before = tf.memory().numTensors;
    for (let update = 0; update < 3; update += 1) await whole.update();
    expect(tf.memory().numTensors).toBe(before);
    const bytes = encodeCheckpoint(whole.save());
    const metrics = [await whole.update(), await whole.update()];
    const resumed = await create().openTraining(contextOf(distribution), decodeCheckpoint(bytes));
    expect([await resumed.update(), await resumed.update()]).toEqual(metrics);
    expect(numbersOf(resumed)).toEqual(numbersOf(whole));
    for (const training of [whole, resumed]) training.dispose();
    whole.dispose();
  });

  it('makes the same numbers eagerly and compiled', async () => {
    const [a, b] = await Promise.all(
      [eagerExecutor(), executor].map(async (on) => {
        const training = await createDdpg({ ...small, cycles: 2 }).openTraining(contextOf(pendulum(), on));
        await training.update();
        await training.update();
        const found = numbersOf(training).flat();
        training.dispose();
        return found;
      }),
    );
    a?.forEach((value, index) => {
      expect(Math.abs(value - (b?.[index] as number))).toBeLessThan(1e-3);
    });
  });

  it('collects no more than its limit, and learns nothing while it warms up', async () => {
    const training = await createSac({ ...small, collectLimit: 20, warmUpSteps: 20 }).openTraining(
      contextOf(pendulum()),
    );
    const { metrics } = await training.update();
    expect(Number.isFinite(metrics.criticLoss)).toBe(true);
    await training.update();
    const { steps, gradientSteps } = training.save().metadata as { steps: number; gradientSteps: number };
    expect([steps, gradientSteps]).toEqual([20, 7]);
    training.dispose();
  });

  it.each([
    [false, [1, 1, 7]],
    [true, [1, 3, 7]],
  ])('draws batches in hindsight from all tasks, or from each: perTask %s', async (perTask, shape) => {
    const loop = {
      ...offPolicyLoopDefaults,
      ...small,
      tasks: 3,
      perTask,
      relabel: 'future',
      batchSize: 7,
    } as const;
    const shapes: (readonly number[])[] = [];
    const training = openOffPolicyTraining({
      owner: 'test',
      context: contextOf(flips),
      algorithm: dqn(flips.spec, { network: { hidden: [4] } }),
      loop,
      hooks: {
        afterSample({ rows }, layout) {
          shapes.push(rows.shape.slice(0, 3));
          const rewards = readField(layout, rows.data as Float32Array, 'reward');
          const next = readField(layout, rows.data as Float32Array, 'next');
          const { goal = { achieved: 0, desired: 0, size: 0 } } = flips.spec;
          rewards.forEach((reward, row) => {
            const at = row * (next.length / rewards.length);
            const part = (from: number) => [...next.slice(at + from, at + from + goal.size)].join();
            const reached = part(goal.achieved) === part(goal.desired);
            expect(reward).toBe(reached ? Math.max(...rewards, 0) : Math.min(...rewards));
          });
        },
      },
    });
    await training.update();
    expect(shapes[0]).toEqual(shape);
    training.dispose();
  });

  it('does not join steps of old tasks with those of new ones', async () => {
    const distribution = pendulum({ horizon: 1000, mass: [1, 2] });
    let kept = 0;
    const training = openOffPolicyTraining({
      owner: 'test',
      context: contextOf(distribution),
      algorithm: sac(distribution.spec, { hidden: [4] }),
      loop: { ...offPolicyLoopDefaults, ...small, cycles: 1, warmUpSteps: 1, nStep: 3, renewTasks: 1 },
      hooks: {
        async afterCycle(replay) {
          kept = replay.size();
          return {};
        },
      },
    });
    await training.update();
    expect(kept).toBe(2 * (5 - 2)); // The last two of five steps of each copy wait, and are dropped.
    await training.update();
    expect(kept).toBe(2 * 2 * (5 - 2));
    training.dispose();
  });

  it('lets hooks give contexts, change rewards and drawn rows, and train beside it', async () => {
    const distribution = pendulum({ horizon: 5 });
    const contexts: number[] = [];
    let drawn = 0;
    const algorithm = sac(distribution.spec, { hidden: [8], contextSize: 2 });
    const training = openOffPolicyTraining({
      owner: 'test',
      context: contextOf(distribution),
      algorithm,
      loop: { ...offPolicyLoopDefaults, ...small, cycles: 3 },
      hooks: {
        context: {
          size: 2,
          begin(copy, rng) {
            contexts.push(copy);
            return [rng.next(), copy];
          },
        },
        fields: { extra: 1 },
        beforeStore({ rows }, layout) {
          for (let row = 0; row < rows.length; row += layout.size) {
            rows[row + (layout.fields.reward?.offset ?? 0)] = 7;
            rows[row + (layout.fields.extra?.offset ?? 0)] = 3;
          }
        },
        afterSample(batch, layout) {
          const { data } = batch.rows;
          expect(data[layout.fields.reward?.offset ?? 0]).toBe(7);
          expect(data[layout.fields.extra?.offset ?? 0]).toBe(3);
          expect([0, 1]).toContain(data[(layout.fields.context?.offset ?? 0) + 1]);
          drawn += 1;
        },
        afterCycle: async () => ({ more: 5 }),
      },
    });
    const { metrics } = await training.update();
    expect(metrics.more).toBe(5);
    expect(drawn).toBe(3);
    expect(contexts.slice(0, 2)).toEqual([0, 1]);
    expect(contexts.length).toBeGreaterThan(4); // Anew at every episode.
    training.dispose();
  });

  it('refuses what cannot be', async () => {
    expect(codeOf(() => createSac({ batchSize: 0 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createSac({ temperaturePerTask: true }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createTd3({ noise: -1 }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createDqn({ hidden: [0] }))).toBe('INVALID_OPTION');
    expect(codeOf(() => createSoftQ({ temperature: 0 }))).toBe('INVALID_OPTION');
    const rejected = { code: 'UNSUPPORTED_TASK' };
    await expect(createTd3(small).openTraining(contextOf(flips))).rejects.toMatchObject(rejected);
    await expect(createDqn(small).openTraining(contextOf(pendulum()))).rejects.toMatchObject(rejected);
    const relabelled = createSac({ ...small, relabel: 'final' });
    await expect(relabelled.openTraining(contextOf(pendulum()))).rejects.toMatchObject(rejected);
  });
});

describe('exploration', () => {
  const discrete = { ...flips.spec };
  it('falls linearly', () => {
    const options = { randomActions: 0.1, firstRandomActions: 0.9, randomActionsSteps: 100 };
    expect([0, 50, 100, 999].map((step) => randomActionsAt(options, step))).toEqual([0.9, 0.5, 0.1, 0.1]);
  });

  it('draws uniform actions with its probability', () => {
    const explore = explorationOf('test', discrete, { randomActions: 0.4 });
    const actions = new Float32Array(10_000);
    explore(actions, 0, createRng(0));
    const count = (discrete.action.maximum ?? 0) + 1;
    const wanted = Array.from({ length: count }, (_, action) => 0.4 / count + (action === 0 ? 0.6 : 0));
    expect(chiSquare(frequencies(actions, count), wanted)).toBeLessThan(20);
  });

  it('keeps noisy actions within their limits', () => {
    const explore = explorationOf('test', pendulum().spec, { noise: 0.5 });
    const actions = new Float32Array(4000).fill(1);
    explore(actions, 0, createRng(0));
    expect(Math.max(...actions)).toBe(2);
    expect(Math.min(...actions)).toBeGreaterThanOrEqual(-2);
    expect(codeOf(() => explorationOf('test', pendulum().spec, { randomActions: 2 }))).toBe('INVALID_OPTION');
  });
});
