import { readFileSync } from 'node:fs';
import { createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { expectOffLineRewards } from '../__fixtures__/expect-off-line-rewards.js';
import { firstTasks, meanOf, runReference } from '../__fixtures__/run-reference.js';
import type { World } from '../continuous/world.js';
import { StepRandom } from '../vectorised/step-random.js';
import { acrobot } from './acrobot.js';
import { acrobotWorld } from './acrobot-world.js';
import { cartPole } from './cart-pole.js';
import { cartPoleDefaults } from './cart-pole-options.js';
import { cartPoleSwingUp } from './cart-pole-swing-up.js';
import { cartPoleWorld } from './cart-pole-world.js';
import { mountainCar } from './mountain-car.js';
import { continuousMountainCar, discreteMountainCar, mountainCarWorld } from './mountain-car-world.js';
import { pendulum } from './pendulum.js';
import { pendulumWorld } from './pendulum-world.js';

interface Pinned {
  readonly name: string;
  readonly start: number[];
  readonly first: number[];
  readonly actions: number[];
  readonly rows: { state: number[]; observation: number[]; reward: number; terminated: boolean }[];
}

const pinned = JSON.parse(
  readFileSync(new URL('./__fixtures__/gymnasium-trajectories.json', import.meta.url), 'utf8'),
) as { trajectories: Pinned[] };

// biome-ignore lint/suspicious/noExplicitAny: worlds of different bodies.
const worlds: Readonly<Record<string, World<any>>> = {
  'CartPole-v1': cartPoleWorld(cartPoleDefaults, 0),
  'Pendulum-v1': pendulumWorld(200, 0),
  'Acrobot-v1': acrobotWorld(500, 0),
  'MountainCar-v0': mountainCarWorld(discreteMountainCar, 200, 0),
  'MountainCarContinuous-v0': mountainCarWorld(continuousMountainCar, 999, 0),
};

describe.each(pinned.trajectories)('Gymnasium $name from $start', (of) => {
  const world = worlds[of.name] as World<unknown>;
  const body = world.bodyOf({});
  const random = new StepRandom(createRng(0), 1);
  const limit =
    world.spec.action.shape.length === 0 ? Number.POSITIVE_INFINITY : (world.spec.action.maximum as number);

  it('has the same states, observations, rewards and ends', () => {
    const state = Float64Array.from({ length: world.stateSize }, (_, index) => of.start[index] ?? 0);
    const [before, next] = [0, 0].map(() => new Float32Array(world.spec.observation.shape[0] as number));
    world.observe(state, 0, body, before as Float32Array, 0, random, 0);
    expect([...(before as Float32Array)]).toEqual(of.first.map((value) => expect.closeTo(value, 6)));
    for (const [step, row] of of.rows.entries()) {
      const action = Float32Array.of(Math.min(limit, Math.max(-limit, of.actions[step] as number)));
      const terminated = world.advance(state, 0, action, 0, body, random, 0);
      world.observe(state, 0, body, next as Float32Array, 0, random, 0);
      const reward = world.reward(before as Float32Array, 0, action, 0, next as Float32Array, 0, body);
      expect(terminated).toBe(row.terminated);
      expect([...state.subarray(0, row.state.length)]).toEqual(
        row.state.map((value) => expect.closeTo(value, 6)),
      );
      expect([...(next as Float32Array)]).toEqual(row.observation.map((value) => expect.closeTo(value, 5)));
      expect(reward).toBeCloseTo(row.reward, 4);
      (before as Float32Array).set(next as Float32Array);
    }
  });
});

const rng = createRng(0);

describe('cartPole', () => {
  it('starts within 0.05 of upright', () => {
    const world = cartPole();
    const environment = world.createEnvironment(firstTasks(world, 'test', 1, rng), 500, rng);
    const { observation } = environment.reset();
    expect(Math.max(...observation)).toBeLessThanOrEqual(0.05);
    expect(Math.max(...observation)).toBeGreaterThan(0.048);
    expect(Math.min(...observation)).toBeLessThan(-0.048);
    environment.dispose();
  });

  it('ends by termination when it falls, by truncation after 500 steps', () => {
    const world = cartPole();
    const tasks = firstTasks(world, 'test', 4, rng);
    const upright = runReference(world, 'oracle', tasks, 1, rng)[0] ?? [];
    expect(upright.map((episode) => episode.return)).toEqual([500, 500, 500, 500]);
    const environment = world.createEnvironment(tasks, 1, rng);
    environment.reset();
    let steps = environment.step(new Float32Array(4));
    for (; steps.stepType[0] !== 2; )
      steps = environment.step(new Float32Array(4), Uint8Array.of(1, 0, 0, 0));
    expect(steps.discount[0]).toBe(0);
    expect(steps.reward[0]).toBe(1);
    environment.dispose();
  });

  it('pays nothing for the step that falls, where asked', () => {
    const world = cartPole({ reward: 'upright', actions: 'continuous' });
    const [episode] = runReference(world, 'random', firstTasks(world, 'test', 20, rng), 1, rng);
    for (const one of episode ?? []) expect(one.return).toBe(one.length - 1);
    const told = runReference(world, 'oracle', firstTasks(world, 'test', 5, rng), 1, rng)[0] ?? [];
    expect(told.map((one) => one.return)).toEqual([500, 500, 500, 500, 500]);
  });

  it('varies its body, and does nothing until a late action arrives', () => {
    const world = cartPole({ poleMass: [0.05, 0.5], delay: [3, 3] });
    expect(world.varies).toEqual(['dynamics']);
    const masses = firstTasks(world, 'train', 50, rng).map(({ parameters }) => parameters.poleMass as number);
    expect(Math.min(...masses)).toBeGreaterThanOrEqual(0.05);
    expect(new Set(masses).size).toBe(50);
    const environment = world.createEnvironment(firstTasks(world, 'train', 1, rng), 2, rng.split('same'));
    const speeds = (actions: [number, number]) => {
      const { observation } = environment.step(Float32Array.from(actions));
      return (observation[1] as number) - (observation[5] as number);
    };
    environment.reset();
    const gap = speeds([0, 1]);
    expect(Math.abs(speeds([0, 1]) - gap)).toBeLessThan(0.01);
    speeds([0, 1]);
    expect(speeds([0, 1]) - gap).toBeLessThan(-0.3); // 2 · 10 N · 0.02 s / 1.1 kg apart.
    environment.dispose();
  });

  it('refuses masses that are none', () => {
    const refused = expect.objectContaining({ code: 'INVALID_OPTION' });
    expect(() => cartPole({ poleMass: [0, 1] })).toThrow(refused);
    expect(() => cartPole({ delay: [0, 0.5] })).toThrow(refused);
    expect(() => cartPole({ gravity: [9, 8] })).toThrow(refused);
  });
});

describe('pendulum', () => {
  it('is swung up and held by a policy that knows it: about -160, where chance gets -1200', () => {
    const world = pendulum();
    const tasks = firstTasks(world, 'test', 50, rng);
    const level = (name: string) =>
      meanOf((runReference(world, name, tasks, 1, rng)[0] ?? []).map((one) => one.return));
    expect(level('oracle')).toBeGreaterThan(-250);
    expect(level('random')).toBeLessThan(-900);
  });
});

describe('acrobot', () => {
  it('is swung up by pumping in about 100 steps, where chance takes all 500', () => {
    const world = acrobot();
    const level = (name: string) =>
      meanOf(
        (runReference(world, name, firstTasks(world, 'test', 20, rng), 1, rng)[0] ?? []).map(
          (one) => one.return,
        ),
      );
    expect(level('pump')).toBeGreaterThan(-130);
    expect(level('random')).toBeLessThan(-450);
  });
});

describe('cartPoleSwingUp', () => {
  it('is swung up and held by a policy that knows it', () => {
    const world = cartPoleSwingUp({ horizon: 300 });
    const tasks = Array.from({ length: 20 }, () => world.task('test', 0, rng));
    const run = (name: string) => runReference(world, name, tasks, 1, rng)[0] ?? [];
    expect(meanOf(run('oracle').map((one) => Number(one.success)))).toBe(1);
    expect(meanOf(run('oracle').map((one) => one.return))).toBeGreaterThan(100);
    expect(meanOf(run('random').map((one) => one.return))).toBeLessThan(20);
  });

  it('counts the length of the pole as part of the reward', () => {
    expect(cartPoleSwingUp({ halfLength: [0.4, 0.6] }).varies).toEqual(['dynamics', 'reward']);
    expect(cartPoleSwingUp({ poleMass: [0.1, 0.2] }).varies).toEqual(['dynamics']);
  });
});

describe('mountainCar', () => {
  it('needs to swing', () => {
    for (const actions of ['discrete', 'continuous'] as const) {
      const world = mountainCar({ actions });
      const run = (name: string) =>
        runReference(world, name, firstTasks(world, 'test', 20, rng), 1, rng)[0] ?? [];
      expect(run('swing').every((one) => one.success && one.length < 150)).toBe(true);
      expect(run('random').filter((one) => one.success).length).toBeLessThan(3);
    }
  });

  it('scales engine and gravity', () => {
    const { parameters } = mountainCar({ power: [2, 2], gravity: [0.5, 0.5] }).task('test', 0, rng);
    expect(parameters).toMatchObject({ force: 0.002, gravity: 0.00125 });
  });
});

describe.each([
  cartPole({ reward: 'upright' }),
  cartPole({ actions: 'continuous', reward: 'upright' }),
  cartPole({ friction: [0, 0.1] }),
  acrobot({ mass2: [0.5, 2] }),
  cartPoleSwingUp({ halfLength: [0.4, 0.6] }),
  mountainCar(),
  mountainCar({ actions: 'continuous', power: [10, 20] }),
  pendulum(),
  pendulum({ mass: [0.5, 2], gain: [-1, 1] }),
])('$id', (world) => {
  it('has one reward law: on-line, off-line and over tensors', () => expectOffLineRewards(world, 40));
});
