import type { ControlTask } from '@tasklearn/core';
import type { World } from '../continuous/world.js';

/** The car's engine and its valley. */
export interface MountainCar {
  /** Speed gained per step by a full action. */
  readonly force: number;
  readonly gravity: number;
  /** Share of its speed that the car loses per step; 0 in the original. */
  readonly friction: number;
}

/** Left end, right end and largest speed. */
export const MOUNTAIN = { left: -1.2, right: 0.6, speed: 0.07 } as const;

/**
 * One step of position and velocity at `state[s]`, in place. The left end stops the car.
 *
 * v′ = clip(v (1 − μ) + a f − g cos 3x, ±0.07), x′ = clip(x + v′, −1.2, 0.6)
 *
 * @see Moore. Efficient Memory-based Learning for Robot Control. 1990; Gymnasium, MountainCar-v0.
 */
export function stepMountainCar(state: Float64Array, s: number, action: number, body: MountainCar): void {
  const position = state[s] as number;
  const speed =
    (state[s + 1] as number) * (1 - body.friction) +
    action * body.force -
    body.gravity * Math.cos(3 * position);
  const clipped = Math.min(MOUNTAIN.speed, Math.max(-MOUNTAIN.speed, speed));
  const next = Math.min(MOUNTAIN.right, Math.max(MOUNTAIN.left, position + clipped));
  state[s] = next;
  state[s + 1] = next === MOUNTAIN.left && clipped < 0 ? 0 : clipped;
}

/** What sets the two mountain cars apart. */
export interface MountainCarKind {
  readonly id: string;
  readonly continuous: boolean;
  readonly force: number;
  /** Where the goal begins. */
  readonly goal: number;
}

/** MountainCar-v0. */
export const discreteMountainCar: MountainCarKind = {
  id: '@tasklearn/environments/mountain-car',
  continuous: false,
  force: 0.001,
  goal: 0.5,
};

/** MountainCarContinuous-v0. */
export const continuousMountainCar: MountainCarKind = {
  id: '@tasklearn/environments/mountain-car',
  continuous: true,
  force: 0.0015,
  goal: 0.45,
};

/** State and observation: position, U(−0.6, −0.4) at first, and velocity. Ends at the goal with velocity >= 0. */
export function mountainCarWorld(
  { id, continuous, force, goal }: MountainCarKind,
  horizon: number,
  maximumDelay: number,
): World<MountainCar> {
  const there = (position: number, velocity: number) => position >= goal && velocity >= 0;
  // The observation of a position at the goal, to the precision that it is observed with.
  const seenThere = (next: Float32Array, n: number) =>
    (next[n] as number) >= Math.fround(goal) && (next[n + 1] as number) >= 0;
  return {
    id,
    spec: {
      observation: { shape: [2], dtype: 'float32' },
      action: continuous
        ? { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 }
        : { shape: [], dtype: 'int32', minimum: 0, maximum: 2 },
      horizon,
      hasSuccess: true,
    },
    stateSize: 2,
    maximumDelay,
    idleAction: continuous ? 0 : 1,
    bodyOf: (parameters: ControlTask['parameters']) => ({
      force: parameters.force ?? force,
      gravity: parameters.gravity ?? 0.0025,
      friction: parameters.friction ?? 0,
    }),
    begin(state, s, _body, random, copy) {
      state[s] = 0.2 * random.uniform(copy) - 0.6;
      state[s + 1] = 0;
    },
    advance(state, s, actions, a, body) {
      stepMountainCar(state, s, (actions[a] as number) - (continuous ? 0 : 1), body);
      return there(state[s] as number, state[s + 1] as number);
    },
    observe(state, s, _body, observation, o) {
      observation[o] = state[s] as number;
      observation[o + 1] = state[s + 1] as number;
    },
    reward: continuous
      ? (_observation, _o, actions, a, next, n) =>
          (seenThere(next, n) ? 100 : 0) - 0.1 * (actions[a] as number) ** 2
      : () => -1,
    reached: seenThere,
  };
}
