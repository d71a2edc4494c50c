import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { pointReach } from './point-reach.js';
import type { PointReachLayout } from './point-reach-options.js';
import { moveAmongWalls } from './walls.js';

const rng = createRng(0);

/** Share of episodes of one task that a reference succeeds in. */
function success(world: ReturnType<typeof pointReach>, name: string, episodes = 100): number {
  const tasks = Array.from({ length: episodes }, () => firstTasks(world, 'test', 1, rng)[0] as never);
  const [result] = runReference(world, name, tasks, 1, createRng(1));
  return meanOf((result ?? []).map((one) => Number(one.success)));
}

describe('moveAmongWalls', () => {
  const wall = Float64Array.of(0.5, -1, 0.5, 0.2);
  it('stops short of a wall, slides along it and passes its end', () => {
    const at = Float64Array.of(0.4, 0);
    expect(moveAmongWalls(at, 0, 0.3, 0.05, wall, 1)).toBe(1);
    expect([...at]).toEqual([0.499, 0.05]);
    at[1] = 0.3;
    expect(moveAmongWalls(at, 0, 0.3, 0, wall, 1)).toBe(0);
    expect(at[0]).toBeCloseTo(0.799, 12);
    expect(moveAmongWalls(at, 0, 0.3, 0, wall, 1)).toBe(1);
    expect(at[0]).toBe(1);
  });
});

describe('pointReach', () => {
  it('accelerates by the action and slows by a tenth', () => {
    const world = pointReach({ reward: 'dense' });
    const environment = world.createEnvironment(firstTasks(world, 'train', 1, rng), 1, rng);
    const [goalX = 0, goalY = 0] = environment.reset().observation.slice(4);
    environment.step(Float32Array.of(1, -0.5));
    const { observation, reward } = environment.step(Float32Array.of(0, 1));
    // v = .02, -.01; then .018, .011. p = .02, -.01; then .038, .001.
    expect([...observation]).toEqual(
      [0.038, 0.001, 0.018, 0.011, goalX, goalY].map((v) => expect.closeTo(v, 6)),
    );
    expect(reward[0]).toBeCloseTo(-Math.hypot(goalX - 0.038, goalY - 0.001), 6);
    environment.dispose();
  });

  it('draws a goal for each episode', () => {
    const world = pointReach();
    const environment = world.createEnvironment(firstTasks(world, 'train', 1, rng), 50, rng);
    const goals = environment.reset().observation.filter((_, index) => index % 6 === 4);
    expect(new Set(goals).size).toBe(50);
    expect(environment.reset().observation[4]).not.toBe(goals[0]);
    environment.dispose();
  });

  it('is reached by who knows the way, and rarely by chance', () => {
    expect(success(pointReach(), 'oracle')).toBeGreaterThan(0.95);
    expect(success(pointReach(), 'random')).toBeLessThan(0.3);
  });

  it.each(['u-trap', 'corridor', 'rooms', 'spiral'] as PointReachLayout[])(
    'has a way around: %s',
    (layout) => {
      for (const motion of ['kinematic', 'inertial'] as const) {
        const world = pointReach({ layout, motion, randomGoal: false, horizon: 250 });
        expect(success(world, 'oracle', 5)).toBe(1);
        expect(success(world, 'random', 50)).toBeLessThan(0.1);
      }
      expect(
        success(pointReach({ layout, motion: 'kinematic', randomStart: true, horizon: 250 }), 'oracle'),
      ).toBeGreaterThan(0.95);
    },
  );

  it('has one reward law', () => {
    expectOffLineRewards(pointReach(), 50);
    expectOffLineRewards(pointReach({ reward: 'dense', motion: 'kinematic', layout: 'rooms' }), 50);
  });

  it('refuses layouts that it does not know', () => {
    const refused = expect.objectContaining({ code: 'INVALID_OPTION' });
    expect(() => pointReach({ layout: 'room' as PointReachLayout })).toThrow(refused);
    expect(() => pointReach({ tolerance: 0 })).toThrow(refused);
  });
});
