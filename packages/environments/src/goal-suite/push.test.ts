import { type ControlDistribution, createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { push } from './push.js';
import { pushBlock } from './push-physics.js';

const rng = createRng(0);

/** Share of successful episodes of a reference. */
function success(world: ControlDistribution, name: string, episodes = 200): number {
  const [result] = runReference(world, name, firstTasks(world, 'test', episodes, rng), 1, createRng(1));
  return meanOf((result ?? []).map((one) => Number(one.success)));
}

describe('pushBlock', () => {
  it('moves an even block along the line of centres, by as much as the hand comes in', () => {
    const state = Float64Array.of(0.4, 0.5, 0.5, 0.5, 0.3); // 0.01 apart.
    pushBlock(state, 0, 2, 0.05, 0, 0, 0);
    expect([...state]).toEqual([0.45, 0.5, 0.54, 0.5, 0.3].map((value) => expect.closeTo(value, 9)));
  });

  it('pushes a block aside that is hit off its middle', () => {
    const state = Float64Array.of(0.4, 0.53, 0.5, 0.5, 0);
    pushBlock(state, 0, 2, 0.05, 0, 0, 0);
    expect(state[2]).toBeGreaterThan(0.51);
    expect(state[3]).toBeLessThan(0.5);
    expect(Math.hypot((state[2] as number) - 0.45, (state[3] as number) - 0.53)).toBeCloseTo(0.09, 6);
  });

  it('turns a block whose centre of mass is aside, and moves its middle further than that', () => {
    const state = Float64Array.of(0.41, 0.5, 0.5, 0.5, 0);
    pushBlock(state, 0, 2, 0.005, 0, 0, 0.03);
    // First order: τ = o_y n_x = 0.03, ℓ = 0.04, f = 0.005 / (1 + 0.5625), angle = f τ / ℓ².
    const force = 0.005 / (1 + (0.03 / 0.04) ** 2);
    expect(state[4]).toBeCloseTo((force * 0.03) / 0.04 ** 2, 2);
    expect((state[2] as number) - 0.5).toBeCloseTo(0.005, 4); // In touch with the hand.
    expect((state[2] as number) - 0.5).toBeGreaterThan(1.4 * force);
  });

  it('is stopped by a block against the edge', () => {
    const state = Float64Array.of(0.84, 0.5, 0.94, 0.5, 0);
    pushBlock(state, 0, 2, 0.05, 0, 0, 0);
    expect([state[0], state[2]]).toEqual([expect.closeTo(0.85, 9), expect.closeTo(0.94, 9)]);
  });

  it('leaves alone what it does not touch', () => {
    const state = Float64Array.of(0.1, 0.1, 0.5, 0.5, 1);
    pushBlock(state, 0, 2, 0.05, 0.05, 0.02, 0);
    expect([...state.subarray(2)]).toEqual([0.5, 0.5, 1]);
  });
});

describe('push', () => {
  it('is solved by the expert and not by chance', () => {
    expect(success(push(), 'expert')).toBeGreaterThan(0.95);
    expect(success(push(), 'random', 400)).toBeLessThan(0.05);
  });

  it('is solved by the expert with lopsided blocks too', () => {
    expect(success(push({ centreOffset: [0.3, 0.7] }), 'expert')).toBeGreaterThan(0.95);
  });

  it('draws a centre of mass for each task, and one task where the block is even', () => {
    const offsets = firstTasks(push({ centreOffset: [0.5, 0.5] }), 'train', 20, rng).map(({ parameters }) =>
      Math.hypot(parameters.offsetX as number, parameters.offsetY as number),
    );
    for (const offset of offsets) expect(offset).toBeCloseTo(0.03, 12);
    expect(push().trainingTasks).toBe(1);
  });

  it('has one reward law, sparse and dense', () => {
    expectOffLineRewards(push(), 50);
    expectOffLineRewards(push({ reward: 'dense', centreOffset: [0.1, 0.5] }), 50);
  });

  it('refuses a centre of mass outside of the block', () => {
    expect(() => push({ centreOffset: [0, 1.2] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
