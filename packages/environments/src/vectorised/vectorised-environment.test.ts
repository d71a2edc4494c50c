import { type ControlSpec, type ControlTask, createRng } from '@tasklearn/core';
import { describe, expect, it } from 'vitest';
import { type KernelFrame, Outcome, type VectorisedWorld } from './kernel.js';
import { vectorisedEnvironment } from './vectorised-environment.js';

/** Adds the action to a sum, of noise too; 3 or more is success, 5 or more the end, -5 or less cuts the episode off. */
function adder(
  horizon = 4,
  action: ControlSpec['action'] = { shape: [1], dtype: 'float32', minimum: -5, maximum: 5 },
) {
  const world: VectorisedWorld = {
    id: 'adder',
    spec: { observation: { shape: [2], dtype: 'float32' }, action, horizon, hasSuccess: true },
    stateSize: 1,
    createKernel: ({ state, observation, reward, elapsed, episode, random }: KernelFrame) => ({
      reset(copy, task) {
        state[copy] = task;
        observation.set([task, episode[copy] as number], 2 * copy);
      },
      step(copy, _, actions) {
        state[copy] = (state[copy] as number) + (actions[copy] as number);
        observation.set([state[copy] as number, random.uniform(copy)], 2 * copy);
        reward[copy] = 10 * (elapsed[copy] as number) + (state[copy] as number);
        if ((state[copy] as number) <= -5) return Outcome.truncated;
        if ((state[copy] as number) >= 5) return Outcome.succeededAndTerminated;
        return (state[copy] as number) >= 3 ? Outcome.succeeded : Outcome.ongoing;
      },
    }),
  };
  return world;
}

const task = (id: string): ControlTask => ({ id, parameters: {} });
const two = [task('a'), task('b')];

describe('vectorisedEnvironment', () => {
  it('keeps step types, discounts, rewards and success by the book', () => {
    const environment = vectorisedEnvironment(adder(), two, 1, createRng(0));
    expect(environment.copies).toBe(2);
    const first = environment.reset();
    expect([...first.stepType, ...first.discount, ...first.reward]).toEqual([0, 0, 1, 1, 0, 0]);
    expect([first.observation[0], first.observation[2]]).toEqual([0, 1]);
    const second = environment.step(Float32Array.of(1, 4));
    expect([...second.stepType]).toEqual([1, 2]);
    expect([...second.discount]).toEqual([1, 0]);
    expect([...second.success]).toEqual([0, 1]);
    expect([...second.reward]).toEqual([1, 5]);
    expect(second).toBe(first); // The same arrays, overwritten.
    const third = environment.step(Float32Array.of(2, 0), Uint8Array.of(1, 0));
    expect([...third.success]).toEqual([1, 1]);
    expect([...third.reward]).toEqual([13, 5]);
    expect([...third.stepType]).toEqual([1, 2]);
  });

  it('truncates at the horizon with discount 1, and where the kernel says so', () => {
    const environment = vectorisedEnvironment(adder(2), two, 1, createRng(0));
    environment.reset();
    environment.step(Float32Array.of(0, 0));
    const { stepType, discount } = environment.step(Float32Array.of(0, 4.5));
    expect([...stepType]).toEqual([2, 2]);
    expect([...discount]).toEqual([1, 0]); // The second terminated in its last step.
    environment.reset();
    const cut = environment.step(Float32Array.of(-5, 0));
    expect([...cut.stepType]).toEqual([2, 1]);
    expect([...cut.discount]).toEqual([1, 1]);
  });

  it('counts episodes of each copy, and begins those that are asked for', () => {
    const environment = vectorisedEnvironment(adder(), two, 1, createRng(0));
    environment.reset();
    environment.reset(Uint8Array.of(0, 1));
    const { observation } = environment.reset(Uint8Array.of(0, 1));
    expect([observation[1], observation[3]]).toEqual([0, 2]);
  });

  it('resumes where an episode was cut off, and begins anew where it terminated', () => {
    const environment = vectorisedEnvironment(adder(2), two, 1, createRng(0));
    environment.resume();
    environment.step(Float32Array.of(2, 2));
    environment.step(Float32Array.of(0.5, 3));
    const resumed = environment.resume();
    expect([...resumed.stepType]).toEqual([0, 0]);
    expect([...resumed.reward]).toEqual([0, 0]);
    expect([resumed.observation[0], resumed.observation[2]]).toEqual([2.5, 1]);
    const { reward } = environment.step(Float32Array.of(1, 1));
    expect([...reward]).toEqual([3.5, 2]);
  });

  it('clips continuous actions and refuses what is no action', () => {
    const environment = vectorisedEnvironment(adder(), two, 1, createRng(0));
    environment.reset();
    const { observation } = environment.step(Float32Array.of(-4, Number.POSITIVE_INFINITY));
    expect([observation[0], observation[2]]).toEqual([-4, 6]);
    environment.reset();
    const caught = (actions: Float32Array, mask?: Uint8Array) => {
      try {
        environment.step(actions, mask);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return 'none';
    };
    expect(caught(Float32Array.of(1))).toBe('SHAPE_MISMATCH');
    expect(caught(Float32Array.of(1, 1), Uint8Array.of(1))).toBe('SHAPE_MISMATCH');
    expect(caught(Float32Array.of(1, Number.NaN))).toBe('NOT_FINITE');
    expect(caught(Float32Array.of(1, Number.NaN), Uint8Array.of(1, 0))).toBe('none');
  });

  it('refuses indices that name no action', () => {
    const discrete = adder(9, { shape: [], dtype: 'int32', minimum: 0, maximum: 2 });
    const environment = vectorisedEnvironment(discrete, [task('a')], 1, createRng(0));
    environment.reset();
    for (const bad of [3, -1, 0.5, Number.NaN])
      expect(() => environment.step(Float32Array.of(bad))).toThrow(
        expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
      );
    expect(environment.step(Float32Array.of(2)).observation[0]).toBe(2);
  });

  it('needs a reset before the first step and after the last, and moves nothing when it throws', () => {
    const environment = vectorisedEnvironment(adder(1), two, 1, createRng(0));
    const needed = expect.objectContaining({ code: 'RESET_NEEDED' });
    expect(() => environment.step(Float32Array.of(0, 0))).toThrow(needed);
    environment.reset(Uint8Array.of(1, 0));
    const before = environment.snapshot();
    expect(() => environment.step(Float32Array.of(1, 1))).toThrow(needed);
    expect(environment.snapshot()).toEqual(before);
    environment.step(Float32Array.of(1, 1), Uint8Array.of(1, 0));
    expect(() => environment.step(Float32Array.of(1, 1), Uint8Array.of(1, 0))).toThrow(needed);
  });

  it('restores everything, random streams included, also into another environment of the same tasks', () => {
    const environment = vectorisedEnvironment(adder(9), two, 2, createRng(7));
    environment.reset();
    environment.step(Float32Array.of(0.1, 0.2, 0.3, 0.4));
    const snapshot = environment.snapshot();
    const run = (one: typeof environment) => {
      const shown: number[] = [];
      for (let step = 0; step < 3; step += 1)
        shown.push(...one.step(Float32Array.of(0.1, -0.2, 0.3, 0.4)).observation);
      return shown;
    };
    const expected = run(environment);
    environment.restore(snapshot);
    expect(run(environment)).toEqual(expected);
    const other = vectorisedEnvironment(adder(9), two, 2, createRng(8));
    other.restore(snapshot);
    expect(run(other)).toEqual(expected);
  });

  it('refuses snapshots of other tasks and sizes, and calls after dispose', () => {
    const environment = vectorisedEnvironment(adder(), two, 1, createRng(0));
    const shape = expect.objectContaining({ code: 'SHAPE_MISMATCH' });
    const others = vectorisedEnvironment(adder(), [task('a'), task('c')], 1, createRng(0));
    const larger = vectorisedEnvironment(adder(), two, 2, createRng(0));
    for (const bad of [others.snapshot(), larger.snapshot(), new Uint8Array(3)])
      expect(() => environment.restore(bad)).toThrow(shape);
    environment.dispose();
    environment.dispose();
    expect(() => environment.reset()).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
    for (const bad of [0, 1.5])
      expect(() => vectorisedEnvironment(adder(), two, bad, createRng(0))).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
  });
});
