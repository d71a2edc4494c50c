import { type ControlDistribution, type ControlTask, createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { busGrid } from './bus-grid.js';
import { cookGrid } from './cook-grid.js';
import { permutationOf } from './permutation-of.js';

const seed = () => createRng('errands');

/** The last observation and reward of an episode of one copy under actions. */
function follow(
  environment: ReturnType<ControlDistribution['createEnvironment']>,
  actions: readonly number[],
) {
  let shown = environment.reset();
  let total = 0;
  for (const action of actions) {
    shown = environment.step(Float32Array.of(action));
    total += shown.reward[0] as number;
  }
  return { observation: [...shown.observation], reward: shown.reward[0] as number, total, shown };
}

/** Success and mean steps of the oracle's second episode. */
function oracleOf(distribution: ControlDistribution, tasks: readonly ControlTask[]) {
  const environment = distribution.createEnvironment(tasks, 4, seed());
  const policy = distribution.references?.oracle?.(tasks, 4, seed());
  const { copies } = environment;
  let [steps, shown] = [0, environment.reset()];
  for (let episode = 0; episode < 2; episode += 1) {
    policy?.beginEpisode?.(episode);
    shown = episode === 0 ? shown : environment.reset();
    steps = 0;
    const active = new Uint8Array(copies).fill(1);
    while (active.includes(1)) {
      shown = environment.step(policy?.act(shown) as Float32Array, active);
      for (let copy = 0; copy < copies; copy += 1) {
        if (active[copy] === 0) continue;
        steps += 1;
        if (shown.stepType[copy] === 2) active[copy] = 0;
      }
    }
  }
  return { success: shown.success.reduce((sum, flag) => sum + flag, 0) / copies, steps: steps / copies };
}

const all = Array.from({ length: 24 }, (_, permutation) => ({
  id: `${permutation}`,
  parameters: { permutation, distraction: permutation % 16 },
}));

describe('permutationOf', () => {
  it('numbers all of them', () => {
    expect(permutationOf(0)).toEqual([0, 1, 2, 3]);
    expect(permutationOf(1)).toEqual([0, 1, 3, 2]);
    expect(permutationOf(23)).toEqual([3, 2, 1, 0]);
    expect(new Set(all.map((_, number) => permutationOf(number).join())).size).toBe(24);
  });
});

describe('busGrid', () => {
  const task: ControlTask = { id: 'x', parameters: { permutation: 23, distraction: 9 } };

  it('rides there and back, by the permutation of the task', () => {
    const environment = busGrid().createEnvironment([task], 1, seed());
    const corner = [0, 0, 3, 3]; // The first stop, whose bus goes to outer stop 3.
    expect(follow(environment, corner).observation.indexOf(1)).toBe(0);
    environment.reset(); // An execution episode, unused.
    expect(follow(environment, [...corner, 4]).observation.indexOf(1)).toBe(25 + 3);
    environment.reset();
    expect(follow(environment, [...corner, 4, 1, 4]).observation.indexOf(1)).toBe(0);
    environment.reset();
    expect(follow(environment, [4]).observation.indexOf(1)).toBe(12); // No bus in the middle.
  });

  it('shows destinations on the map only', () => {
    const environment = busGrid().createEnvironment([task], 1, seed());
    const { observation } = follow(environment, [0, 0]);
    expect(observation.slice(33, 49)).toEqual([0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0]);
    environment.reset();
    expect(follow(environment, [0]).observation.slice(33, 49)).toEqual(new Array(16).fill(0));
    const without = busGrid({ map: false }).createEnvironment([task], 1, seed());
    expect(follow(without, [0, 0]).observation.slice(33, 49)).toEqual(new Array(16).fill(0));
  });

  it('grey buses go where the task says, and back', () => {
    const environment = busGrid({ distractors: true }).createEnvironment([task], 1, seed());
    expect(follow(environment, [3, 3, 4]).observation.indexOf(1)).toBe(25 + 4 + 1); // 9 = 1 + 2 · 4
    environment.reset();
    expect(follow(environment, [1, 1, 4]).observation.indexOf(1)).toBe(25 + 4 + 2);
    environment.reset();
    expect(follow(environment, [1, 1, 4, 4]).observation.indexOf(1)).toBe(14);
  });

  it('pays for the errand only, which the oracle runs in five steps', () => {
    const environment = busGrid().createEnvironment([task], 1, seed());
    expect(follow(environment, [0, 0, 3, 3, 4]).total).toBeCloseTo(-0.5, 6);
    const execution = environment.reset();
    const instruction = execution.observation.subarray(49, 53).indexOf(1);
    expect(execution.observation[53]).toBe(1);
    expect(instruction).toBeGreaterThanOrEqual(0);
    expect(oracleOf(busGrid(), all)).toEqual({ success: 1, steps: 5 });
  });
});

describe('cookGrid', () => {
  const task: ControlTask = { id: 'x', parameters: { permutation: 1 } }; // Fridges hold 0, 1, 3, 2.

  it('shows what a fridge holds only there, and takes it along', () => {
    const environment = cookGrid().createEnvironment([task], 1, seed());
    const toThird = [2, 2, 2, 3, 3, 3];
    expect(follow(environment, toThird).observation.slice(49, 57)).toEqual([0, 0, 0, 1, 0, 0, 0, 0]);
    environment.reset();
    expect(follow(environment, [...toThird, 4, 0]).observation.slice(49, 57)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 1,
    ]);
  });

  it('cooks in order only: the oracle needs 28 steps', () => {
    const { success, steps } = oracleOf(cookGrid(), all);
    expect(success).toBe(1);
    expect(steps).toBe(28);
  });

  it('loses what does not belong into the dish', () => {
    const environment = cookGrid().createEnvironment([task], 1, seed());
    environment.reset();
    const { observation } = environment.reset();
    const first = observation.subarray(57, 61).indexOf(1);
    const wrong = [0, 1, 3, 2].findIndex((ingredient) => ingredient !== first);
    const there = [wrong < 2 ? 0 : 2, wrong % 2 === 0 ? 3 : 1].flatMap((move) => [move, move, move]);
    const back = there.map((move) => (move + 2) % 4);
    let shown = environment.reset(new Uint8Array(1)); // Nothing: still the execution episode.
    for (const action of [...there, 4, ...back, 4]) shown = environment.step(Float32Array.of(action));
    expect([...shown.observation.subarray(53, 57)]).toEqual([0, 0, 0, 0]);
    expect(shown.observation[65]).toBe(0);
    expect(shown.discount[0]).toBe(1);
  });

  it('cuts exploration off at its own limit', () => {
    const environment = cookGrid().createEnvironment([task], 1, seed());
    for (const limit of [20, 40]) {
      let shown = environment.reset();
      let steps = 0;
      while (shown.stepType[0] !== 2) {
        shown = environment.step(Float32Array.of(0));
        steps += 1;
      }
      expect(steps).toBe(limit);
    }
  });
});
