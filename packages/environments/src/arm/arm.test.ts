import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { arm } from './arm.js';
import { stepArm, tipOf } from './arm-physics.js';
import { digitPoints } from './digits.js';

const rng = createRng(0);

describe('stepArm', () => {
  it('follows its equations', () => {
    const state = Float64Array.of(0.5, -0.2, 1, 0.1, 0, -0.3);
    stepArm(state, 0, Float32Array.of(1, 0, -0.5), 0, { gain: 2, gravity: 0.03 });
    const speeds = [
      0.09 + 0.2 - 0.03 * Math.cos(0.5),
      -0.03 * Math.cos(0.3),
      -0.27 - 0.1 - 0.03 * Math.cos(1.3),
    ];
    const angles = [0.5, -0.2, 1].map((angle, joint) => angle + 0.1 * (speeds[joint] as number));
    expect([...state]).toEqual([...angles, ...speeds].map((value) => expect.closeTo(value, 12)));
  });

  it('has its tip where the links end', () => {
    expect(tipOf(0, 0, 0)).toEqual([0.9, 0].map((value) => expect.closeTo(value, 12)));
    expect(tipOf(Math.PI / 2, -Math.PI / 2, 0)).toEqual([0.5, 0.4].map((value) => expect.closeTo(value, 12)));
  });
});

describe('digits', () => {
  it('are drawn with evenly spaced points in the square', () => {
    for (let digit = 0; digit < 10; digit += 1) {
      const points = digitPoints(digit);
      expect(Math.min(...points)).toBeGreaterThanOrEqual(0.2 - 1e-9);
      expect(Math.max(...points)).toBeLessThanOrEqual(0.6 + 1e-9);
    }
    // A one: up its flag of length √(0.3² + 0.2²), then straight down.
    const one = digitPoints(1);
    expect([one[38], one[39]]).toEqual([expect.closeTo(0.42, 9), expect.closeTo(0.2, 9)]);
    const step = (0.4 * (Math.hypot(0.3, 0.2) + 1)) / 19;
    expect((one[37] as number) - (one[39] as number)).toBeCloseTo(step, 9);
  });
});

describe('arm', () => {
  it.each(['reach', 'digits'] as const)('can %s when its body is known', (task) => {
    const world = arm({ task, gravity: [0.01, 0.05] });
    const level = (name: string) =>
      meanOf(
        (runReference(world, name, firstTasks(world, 'test', 12, rng), 1, rng)[0] ?? []).map(
          (one) => one.return,
        ),
      );
    expect(level('oracle')).toBeGreaterThan(-6);
    expect(level('random')).toBeLessThan(level('oracle') - 5);
  });

  it('holds digits back', () => {
    const digits = (split: 'train' | 'validation' | 'test') =>
      new Set(firstTasks(arm({ task: 'digits' }), split, 20, rng).map(({ parameters }) => parameters.digit));
    expect([...digits('train')]).toEqual([0, 1, 2, 3, 4]);
    expect([...digits('test')]).toEqual([6, 7, 9]);
  });

  it('has one reward law', () => {
    expectOffLineRewards(arm(), 40);
    expectOffLineRewards(arm({ task: 'digits' }), 40);
  });
});
