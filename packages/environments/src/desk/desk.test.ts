import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { desk } from './desk.js';
import { Desk, stepDesk } from './desk-physics.js';

const rng = createRng(0);

describe('stepDesk', () => {
  it('presses a button for good as the hand closes over it', () => {
    const state = new Float64Array(17);
    state.set([0.2, 0.82]);
    stepDesk(state, 0, Float32Array.of(0, 0, 1), 0);
    expect([state[Desk.buttons], state[Desk.buttons + 1]]).toEqual([1, 0]);
    stepDesk(state, 0, Float32Array.of(1, -1, -1), 0);
    expect(state[Desk.buttons]).toBe(1);
  });

  it('moves the slider along its rail, and the block anywhere, while held', () => {
    const state = new Float64Array(17);
    state.set([0.5, 0.16, 0, 0, 0, 0.5, 0.7, 0.7]);
    stepDesk(state, 0, Float32Array.of(0, 0, 1), 0);
    stepDesk(state, 0, Float32Array.of(0.8, 1, 1), 0);
    expect(state[Desk.slider]).toBeCloseTo(0.6, 6);
    state.set([0.69, 0.71, 0], 0);
    stepDesk(state, 0, Float32Array.of(0, 0, 1), 0);
    stepDesk(state, 0, Float32Array.of(-1, 0, 1), 0);
    expect(state[Desk.block]).toBeCloseTo(0.64, 6);
    stepDesk(state, 0, Float32Array.of(-1, 0, -1), 0);
    expect(state[Desk.block]).toBeCloseTo(0.64, 6);
  });
});

describe('desk', () => {
  it.each(['press-a', 'press-b', 'slide', 'place', 'any'] as const)('has an expert for %s', (task) => {
    const world = desk({ task });
    const rate = (name: string) => {
      const [episodes] = runReference(world, name, firstTasks(world, 'test', 100, rng), 1, rng);
      return meanOf((episodes ?? []).map((one) => Number(one.success)));
    };
    expect(rate('expert')).toBeGreaterThan(0.95);
    expect(rate('random')).toBeLessThan(0.15);
  });

  it('is played with: every thing is moved again and again', () => {
    const world = desk({ horizon: 400 });
    const task = world.task('train', 0, rng);
    const environment = world.createEnvironment([task], 1, rng.split('play'));
    const play = world.references?.play?.([task], 1, rng.split('policy'));
    let steps = environment.reset();
    const seen = { a: false, b: false, slider: new Set<number>(), block: new Set<number>() };
    while (steps.stepType[0] !== 2) {
      steps = environment.step(play?.act(steps) as Float32Array);
      const now = steps.observation;
      seen.a ||= now[Desk.buttons] === 1;
      seen.b ||= now[Desk.buttons + 1] === 1;
      seen.slider.add(Math.round(10 * (now[Desk.slider] as number)));
      seen.block.add(Math.round(10 * (now[Desk.block] as number)));
    }
    expect([seen.a, seen.b]).toEqual([true, true]);
    expect(seen.slider.size).toBeGreaterThan(4);
    expect(seen.block.size).toBeGreaterThan(3);
  });

  it('has one reward law', () => {
    expectOffLineRewards(desk(), 40);
    expectOffLineRewards(desk({ reward: 'dense' }), 40);
  });
});
