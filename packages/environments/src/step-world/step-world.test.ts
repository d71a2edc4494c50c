import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { runReference } from '../__fixtures__/run-reference.js';
import { stepWorld } from './step-world.js';

const rng = createRng(0);

describe('stepWorld', () => {
  const world = stepWorld();
  const task = world.task('train', 0, rng);

  it('moves in fifths of a tenth', () => {
    const environment = world.createEnvironment([task], 1, rng);
    environment.reset();
    const places = [1, 0.29, 0.31, -0.09, 0.11].map(
      (action) => environment.step(Float32Array.of(action)).observation[0] as number,
    );
    expect(places).toEqual([0.1, 0.12, 0.16, 0.16, 0.18].map((value) => expect.closeTo(value, 6)));
    environment.dispose();
  });

  it('pays in tenths, and 1 within 0.05 of 1', () => {
    const paid = (x: number) =>
      world.reward?.(task, {
        observation: Float32Array.of(0),
        action: Float32Array.of(0),
        next: Float32Array.of(x),
      })[0];
    expect(paid(0)).toBeCloseTo(-1, 6);
    expect(paid(0.7)).toBeCloseTo(-0.3, 6);
    expect(paid(0.72)).toBeCloseTo(-0.2, 6);
    expect(paid(0.96)).toBe(1);
    expect(paid(0.94)).toBe(0);
    expect(paid(1.3)).toBeCloseTo(-0.3, 6);
  });

  it('is worth 11 - 4.5 at best', () => {
    // -0.9 - 0.8 ... - 0.1 on the way, then 1 for each of the eleven steps at the goal.
    expect(runReference(world, 'oracle', [task], 1, rng)[0]?.[0]?.return).toBeCloseTo(11 - 4.5, 5);
    expect(runReference(world, 'random', [task], 1, rng)[0]?.[0]?.return).toBeLessThan(-10);
  });

  it('has one reward law', () => expectOffLineRewards(world, 40));
});
