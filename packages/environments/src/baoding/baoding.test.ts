import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { baoding } from './baoding.js';
import { stepBaoding } from './baoding-physics.js';

const rng = createRng(0);

describe('stepBaoding', () => {
  it('rolls down the tilt, slowed by a half of the speed', () => {
    const state = Float64Array.of(0, 0, 0.6, 0.2, 0.2, 0, 0, -0.1);
    stepBaoding(state, 0, 1, -0.5);
    const speeds = [0.2 + 0.05 * (2 - 0.1), -0.05, 0.1, -0.1 + 0.05 * (-1 + 0.05)];
    expect([...state.subarray(4)]).toEqual(speeds.map((value) => expect.closeTo(value, 12)));
    expect(state[0]).toBeCloseTo(0.05 * (speeds[0] as number), 12);
  });

  it('pushes balls apart that overlap, equally', () => {
    const state = Float64Array.of(-0.2, 0, 0.2, 0, 0, 0, 0, 0); // 0.1 into each other.
    stepBaoding(state, 0, 0, 0);
    expect([state[4], state[6]]).toEqual([expect.closeTo(-0.25, 12), expect.closeTo(0.25, 12)]);
  });

  it('throws balls back from the rim with 0.3 of their speed', () => {
    const state = Float64Array.of(0.74, 0, -0.5, 0, 1, 0.5, 0, 0);
    stepBaoding(state, 0, 0, 0);
    expect(Math.hypot(state[0] as number, state[1] as number)).toBeCloseTo(0.75, 12);
    expect(state[4]).toBeLessThan(0);
    expect(state[4]).toBeGreaterThan(-0.35);
  });
});

describe('baoding', () => {
  it('is rolled around by an expert, either way, and not by chance', () => {
    for (const task of ['counter-clockwise', 'clockwise'] as const) {
      const world = baoding({ task });
      const level = (name: string) =>
        meanOf(
          (runReference(world, name, Array(20).fill(world.task('test', 0, rng)), 1, rng)[0] ?? []).map(
            (one) => one.return,
          ),
        );
      expect(level('expert')).toBeGreaterThan(50);
      expect(Math.abs(level('random'))).toBeLessThan(25);
    }
  });

  it('brings ball A to its target', () => {
    const world = baoding({ task: 'target' });
    const [episodes] = runReference(world, 'expert', firstTasks(world, 'test', 50, rng), 1, rng);
    expect(meanOf((episodes ?? []).map((one) => Number(one.success)))).toBeGreaterThan(0.9);
  });

  it('has one reward law', () => {
    expectOffLineRewards(baoding({ task: 'clockwise' }), 40);
    expectOffLineRewards(baoding({ task: 'target' }), 40);
  });
});
