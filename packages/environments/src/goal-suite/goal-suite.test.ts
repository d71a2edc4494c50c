import { type ControlDistribution, createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import { blockPush } from './block-push.js';
import { pushDiscs } from './disc-contacts.js';
import { door } from './door.js';
import { DOOR_OPEN, doorStep } from './door-physics.js';
import { pickAndPlace } from './pick-and-place.js';
import { slide } from './slide.js';
import { slideLength, slideSpeed, slideStep } from './slide-physics.js';

const rng = createRng(0);

/** Share of successful episodes of a reference. */
function success(world: ControlDistribution, name: string, episodes = 200): number {
  const [result] = runReference(world, name, firstTasks(world, 'test', episodes, rng), 1, createRng(1));
  return meanOf((result ?? []).map((one) => Number(one.success)));
}

describe('slideStep', () => {
  it('lets a puck slide v² / 2μg and no further', () => {
    const state = Float64Array.of(0, 0, 0.2, 0.5, 0.6, 0);
    for (let step = 0; step < 60; step += 1) slideStep(state, 0, 0, 0, 0.05);
    expect(slideLength(0.6, 0.05)).toBeCloseTo(0.36 / (0.1 * 9.81), 12);
    expect(slideSpeed(slideLength(0.6, 0.05), 0.05)).toBeCloseTo(0.6, 12);
    expect((state[2] as number) - 0.2).toBeCloseTo(slideLength(0.6, 0.05), 6);
    expect(state[4]).toBe(0);
  });

  it('gives the puck the speed of the hand that hits it', () => {
    const state = Float64Array.of(0.1, 0.5, 0.18, 0.5, 0, 0); // 0.01 apart.
    slideStep(state, 0, 0.03, 0, 0.05);
    expect(state[4]).toBeCloseTo(0.75, 9); // 0.03 m in 0.04 s.
    expect((state[2] as number) - (state[0] as number)).toBeGreaterThanOrEqual(0.07 - 1e-9);
  });

  it('keeps the hand within reach and the puck on the table', () => {
    const state = Float64Array.of(0.34, 0.5, 0.94, 0.5, 2, 0.1);
    slideStep(state, 0, 0.05, 0, 0.05);
    expect([state[0], state[2], state[4]]).toEqual([0.35, 0.96, 0]);
    expect(state[5]).toBeGreaterThan(0);
  });
});

describe('doorStep', () => {
  it('turns as far as the hand comes in, and no further than open', () => {
    const state = Float64Array.of(0.5, 0.265, 0); // Under the closed door, 0.2 from the hinge.
    doorStep(state, 0, 0, 0.05);
    expect(state[2]).toBeCloseTo(Math.atan2(0.015, 0.2) + Math.asin(0.03 / Math.hypot(0.2, 0.015)), 6);
    const stuck = Float64Array.of(0.265, 0.5, DOOR_OPEN); // Left of the open door: closes it.
    doorStep(stuck, 0, 0.05, 0);
    expect(stuck[2]).toBeLessThan(DOOR_OPEN - 0.1);
    const behind = Float64Array.of(0.335, 0.5, DOOR_OPEN); // Right of it: cannot open it further.
    doorStep(behind, 0, -0.05, 0);
    expect([behind[0], behind[2]]).toEqual([expect.closeTo(0.33, 9), DOOR_OPEN]);
  });

  it('leaves the door alone beyond its edge', () => {
    const state = Float64Array.of(0.75, 0.27, 0.1);
    doorStep(state, 0, 0, 0.05);
    expect(state[2]).toBe(0.1);
  });
});

describe('pickAndPlace', () => {
  it('grips where it closes near the object, carries it, and drops it', () => {
    const world = pickAndPlace();
    const environment = world.createEnvironment([world.task('test', 0, rng)], 1, rng);
    environment.reset();
    const now = () => [...environment.step(Float32Array.of(0, 0, 0, -1)).observation];
    const [, , , , x = 0, y = 0] = now();
    // Straight there: at most 0.05 per step and axis.
    for (let step = 0; step < 10; step += 1) {
      const [hx = 0, hy = 0, hz = 0] = now();
      environment.step(Float32Array.of((x - hx) / 0.05, (y - hy) / 0.05, -hz / 0.05, -1));
    }
    environment.step(Float32Array.of(0, 0, 0, 1));
    const lifted = [...environment.step(Float32Array.of(0, 0, 1, 1)).observation];
    expect(lifted.slice(4, 7)).toEqual(lifted.slice(0, 3));
    expect(lifted[6]).toBeCloseTo(0.05, 3);
    expect(now()[6]).toBe(0);
    environment.dispose();
  });
});

describe('pushDiscs', () => {
  const discs = { count: 2, radius: 0.05, handRadius: 0.03 };

  it('pushes one disc with another', () => {
    const state = Float64Array.of(0.3, 0.5, 0.38, 0.5, 0.48, 0.5); // All in touch.
    pushDiscs(state, 0, 2, 0.05, 0, discs);
    expect(state[2]).toBeCloseTo(0.43, 2);
    expect((state[2] as number) - (state[0] as number)).toBeCloseTo(0.08, 6);
    expect((state[4] as number) - (state[2] as number)).toBeGreaterThan(0.099);
    expect(state[3]).toBe(0.5);
  });

  it('lets nothing through the edge, nor through another thing', () => {
    const state = Float64Array.of(0.77, 0.5, 0.85, 0.5, 0.95, 0.5);
    for (let step = 0; step < 5; step += 1) pushDiscs(state, 0, 2, 0.05, 0, discs);
    expect(state[4]).toBeCloseTo(0.95, 9);
    expect((state[2] as number) - (state[0] as number)).toBeGreaterThan(0.0799);
    expect((state[4] as number) - (state[2] as number)).toBeGreaterThan(0.0985);
  });
});

describe('blockPush', () => {
  it('pays -5 d, or that near the goal only', () => {
    const task = blockPush().task('train', 0, rng);
    const { block = 0, goalX = 0, goalY = 0 } = task.parameters;
    const next = new Float32Array(12).fill(0.5);
    const paid = (reward: 'dense' | 'sparse', x: number) => {
      next[2 + 2 * block] = goalX - x;
      next[3 + 2 * block] = goalY;
      return blockPush({ reward }).reward?.(task, {
        observation: next,
        action: new Float32Array(2),
        next,
      })[0];
    };
    expect(paid('dense', 0.3)).toBeCloseTo(-1.5, 5);
    expect(paid('sparse', 0.1)).toBeCloseTo(-0.5, 5);
    const from = Math.hypot((task.parameters[`x${block}`] as number) - goalX, (block + 0.5) / 5 - goalY);
    expect(paid('sparse', 0.3)).toBeCloseTo(-5 * from, 5);
  });
});

describe('experts of the goal suite', () => {
  it.each([
    ['slide', slide(), 0.12],
    ['slide with unknown friction', slide({ friction: [0.04, 0.08] }), 0.12],
    ['pick-and-place', pickAndPlace(), 0.05],
    ['door', door(), 0.5],
    ['block-push', blockPush(), 0.05],
  ] as const)('%s is solved by the expert and not by chance', (_name, world, chance) => {
    expect(success(world, 'expert')).toBeGreaterThan(0.95);
    expect(success(world, 'random')).toBeLessThan(chance);
  });
});

describe.each([
  blockPush({ reward: 'sparse' }),
  slide({ friction: [0.03, 0.1] }),
  pickAndPlace(),
  door({ reward: 'dense' }),
])('$id', (world) => {
  it('has one reward law', () => expectOffLineRewards(world, 50));
});
