import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { windPoint } from './wind-point.js';
import { stepWindPoint, windPointBody } from './wind-point-physics.js';

const rng = createRng(0);

describe('windPoint', () => {
  it('is blown down inside the zone, and only there', () => {
    const body = windPointBody({});
    const inside = Float64Array.of(0.5, 0, 0.1, 0);
    stepWindPoint(inside, 0, 1, 0.5, body);
    expect([...inside]).toEqual([0.61, -0.002, 0.11, -0.002].map((value) => expect.closeTo(value, 12)));
    const before = Float64Array.of(0.4, 0, 0.1, 0);
    stepWindPoint(before, 0, 1, 0.5, body);
    expect([...before]).toEqual([0.51, 0.01, 0.11, 0.01].map((value) => expect.closeTo(value, 12)));
  });

  it('is crossed by who knows the wind', () => {
    const world = windPoint();
    const level = (name: string) =>
      meanOf(
        (runReference(world, name, Array(20).fill(world.task('test', 0, rng)), 1, rng)[0] ?? []).map(
          (one) => one.return,
        ),
      );
    // An exact model with an optimising planner is recorded at about -14.7.
    expect(level('oracle')).toBeGreaterThan(-16);
    expect(level('random')).toBeLessThan(-60);
  });

  it('varies wind and friction, and has one reward law', () => {
    const world = windPoint({ wind: [-0.02, 0.02], keep: [0.8, 0.95], trainingTasks: 10 });
    expect(new Set(firstTasks(world, 'train', 30, rng).map(({ parameters }) => parameters.wind)).size).toBe(
      10,
    );
    expectOffLineRewards(world, 50);
  });

  it('refuses a range turned round', () => {
    expect(() => windPoint({ keep: [0.9, 0.8] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
