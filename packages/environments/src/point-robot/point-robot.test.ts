import { createRng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { pointRobot } from './point-robot.js';
import type { PointRobotTask } from './point-robot-options.js';

const rng = createRng(0);

describe('pointRobot', () => {
  it('moves by clipped action plus wind, times gain', () => {
    const world = pointRobot({ gain: [2, 2] });
    const task = { id: 'a', parameters: { targetX: 0.3, targetY: 0.4, gain: 2, windX: 0.01, windY: 0 } };
    const environment = world.createEnvironment([task], 2, rng);
    environment.reset();
    const { observation, reward } = environment.step(Float32Array.of(0.05, -0.02, 9, -9));
    expect([...observation]).toEqual([0.11, -0.04, 0.21, -0.2].map((value) => expect.closeTo(value, 6)));
    expect(reward[0]).toBeCloseTo(-Math.hypot(0.3 - 0.11, 0.4 + 0.04), 6);
    environment.dispose();
  });

  it('accelerates a body with mass and friction, late by its delay', () => {
    const world = pointRobot({ task: 'dynamics' });
    const task = {
      id: 'a',
      parameters: { targetX: 1, targetY: 0, mass: 2, friction: 0.5, gain: 1.5, delay: 2 },
    };
    const environment = world.createEnvironment([task], 1, rng);
    environment.reset();
    const speeds = [2, 1, 0, 0].map(
      (force) => environment.step(Float32Array.of(force, 0)).observation[2] as number,
    );
    // Nothing for two steps, then v' = v + .1 (1.5 a - .5 v) / 2 with a = 2, 1.
    const third = (0.1 * 1.5 * 2) / 2;
    expect(speeds).toEqual([0, 0, Math.fround(third), Math.fround(third + (0.1 * (1.5 - 0.5 * third)) / 2)]);
    environment.dispose();
  });

  it('turns before it drives', () => {
    const world = pointRobot({ task: 'ring', motion: 'unicycle' });
    const environment = world.createEnvironment(firstTasks(world, 'train', 1, rng), 1, rng);
    environment.reset();
    const [x, y, cos, sin] = environment.step(Float32Array.of(0.1, 0.05)).observation as unknown as number[];
    expect([x, y]).toEqual(
      [Math.fround(0.1) * Math.cos(0.5), Math.fround(0.1) * Math.sin(0.5)].map((v) => expect.closeTo(v, 6)),
    );
    expect([cos, sin]).toEqual([expect.closeTo(Math.cos(0.5), 6), expect.closeTo(Math.sin(0.5), 6)]);
    environment.dispose();
  });

  it('pays 1 - d inside the goal of the sparse ring and nothing outside', () => {
    const ring = pointRobot({ task: 'ring', reward: 'sparse' });
    const task = { id: 'a', parameters: { targetX: 0, targetY: 1 } };
    const at = (x: number, y: number) =>
      ring.reward?.(task, {
        observation: new Float32Array(2),
        action: new Float32Array(2),
        next: Float32Array.of(x, y),
      })[0];
    expect(at(0, 0.9)).toBeCloseTo(0.9, 6);
    expect(at(0.1, 0.9)).toBeCloseTo(1 - Math.SQRT2 / 10, 6);
    expect(at(0, 0.79)).toBe(0);
  });

  it('draws goals of the half circle, in a finite training set that comes round', () => {
    const ring = pointRobot({ task: 'ring' });
    const tasks = firstTasks(ring, 'train', 160, rng);
    expect(ring.trainingTasks).toBe(80);
    expect(tasks[83]).toEqual(tasks[3]);
    expect(tasks[3]?.identity).toBe(3);
    expect(new Set(tasks.map(({ parameters }) => parameters.targetX)).size).toBe(80);
    for (const { parameters } of tasks) {
      expect(Math.hypot(parameters.targetX as number, parameters.targetY as number)).toBeCloseTo(1, 12);
      expect(parameters.targetY).toBeGreaterThanOrEqual(0);
    }
    expect(ring.task('test', 0, rng).identity).toBeUndefined();
  });

  it('says what varies', () => {
    expect(pointRobot().varies).toEqual(['reward']);
    expect(pointRobot({ task: 'dynamics' }).varies).toEqual(['dynamics']);
    expect(pointRobot({ task: 'goal', wind: 0.02 }).varies).toEqual(['reward', 'dynamics']);
    expect(pointRobot({ task: 'any-direction' }).varies).toEqual([]);
  });

  it('refuses what it cannot be', () => {
    const refused = expect.objectContaining({ code: 'INVALID_OPTION' });
    expect(() => pointRobot({ task: 'rnig' as PointRobotTask })).toThrow(refused);
    expect(() => pointRobot({ mass: [0.5, 2] })).toThrow(refused); // Kinematic: no mass.
    expect(() => pointRobot({ task: 'dynamics', mass: [0, 2] })).toThrow(refused);
    expect(() => pointRobot({ gain: [2, 1] })).toThrow(refused);
    expect(() => pointRobot({ delay: [0, 1.5] })).toThrow(refused);
  });
});

const variants: Parameters<typeof pointRobot>[0][] = [
  ...(
    ['goal', 'ring', 'away', 'direction', 'two-directions', 'any-direction', 'velocity', 'dynamics'] as const
  ).map((task) => ({ task })),
  ...(['goal', 'ring', 'away'] as const).map((task) => ({
    task,
    reward: 'sparse' as const,
    goalRadius: 0.5,
  })),
];

describe.each(variants)('pointRobot %o', (options) => {
  it('has one reward law: on-line, off-line and over tensors', () => {
    expectOffLineRewards(pointRobot(options), 20);
  });

  it('draws its trajectories', () => {
    const world = pointRobot(options);
    const task = world.task('train', 0, rng);
    const size = world.spec.observation.shape[0] as number;
    const picture = world.draw?.(task, [
      {
        observations: new Float32Array(size * 2).fill(0.1),
        actions: new Float32Array(2),
        rewards: new Float32Array(1),
        length: 1,
        success: true,
        terminated: false,
      },
    ]);
    expect(picture).toMatch(/^<svg .*<polyline .*<\/svg>$/);
    expect(picture).not.toMatch(/NaN|undefined/);
    expect(world.drawFrame?.(task, new Float32Array(size))).toMatch(/^<svg .*<\/svg>$/);
  });
});

describe('references of the point robot', () => {
  const ring = pointRobot({ task: 'ring', reward: 'sparse' });
  const tasks = firstTasks(ring, 'test', 200, rng);
  const returns = (name: string) =>
    runReference(ring, name, tasks, 3, createRng(4)).map((episode) =>
      meanOf(episode.map((one) => one.return)),
    );

  it('are ordered on the ring: told, arc walk and posterior sampling, random', () => {
    const [told, walk, sampling, random] = ['oracle', 'arc-walk', 'posterior-sampling', 'random'].map(
      returns,
    );
    const last = (episodes: number[] | undefined) => episodes?.[2] as number;
    expect(last(told)).toBeGreaterThan(last(walk) + 0.5);
    expect(last(walk)).toBeGreaterThan(last(sampling) + 0.5);
    expect(last(sampling)).toBeGreaterThan(last(random) + 1);
  });

  it('walk the whole arc in 50 steps, and then know the goal', () => {
    const long = pointRobot({ task: 'ring', reward: 'sparse', horizon: 50 });
    const [first, second] = runReference(long, 'arc-walk', firstTasks(long, 'test', 100, rng), 2, rng);
    expect(meanOf((first ?? []).map((one) => Number(one.success)))).toBe(1);
    expect(meanOf((second ?? []).map((one) => one.return))).toBeGreaterThan(35);
  });

  it.each(['goal', 'away', 'velocity', 'direction'] as const)('know %s when told it', (task) => {
    const world = pointRobot({ task, motion: 'inertial', horizon: 60 });
    const levels = ['oracle', 'random'].map((name) =>
      meanOf(
        (runReference(world, name, firstTasks(world, 'test', 40, rng), 1, rng)[0] ?? []).map(
          (one) => one.return,
        ),
      ),
    );
    expect(levels[0]).toBeGreaterThan((levels[1] as number) + 5);
  });
});

it('keeps no tensors', () => {
  const before = tf.memory().numTensors;
  expectOffLineRewards(pointRobot({ task: 'velocity' }), 3);
  expect(tf.memory().numTensors).toBe(before);
});
