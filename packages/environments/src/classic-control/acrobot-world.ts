import type { ControlTask } from '@tasklearn/core';
import type { World } from '../continuous/world.js';
import { type Acrobot, stepAcrobot } from './acrobot-physics.js';

/** A task's parameters by name; absent ones as in Acrobot-v1. Centres of mass are in the middles of the rods. */
export function acrobotBody(parameters: ControlTask['parameters']): Acrobot {
  const {
    gravity = 9.8,
    mass1 = 1,
    mass2 = 1,
    length1 = 1,
    moment = 1,
    friction = 0,
    torque = 1,
  } = parameters;
  return { gravity, mass1, mass2, length1, centre1: length1 / 2, centre2: 0.5, moment, friction, torque };
}

/** Height of the tip above the upper joint, by the observation; rods of length 1. */
export function acrobotHeight(next: Float32Array, n: number): number {
  const [cos1, sin1] = [next[n] as number, next[n + 1] as number];
  const [cos2, sin2] = [next[n + 2] as number, next[n + 3] as number];
  return -cos1 - (cos1 * cos2 - sin1 * sin2);
}

/**
 * The world of Acrobot-v1: state θ₁, θ₂, θ̇₁, θ̇₂, all U(−0.1, 0.1) at first; observes cos θ₁, sin θ₁, cos θ₂, sin θ₂,
 * θ̇₁, θ̇₂; actions 0, 1, 2 are torque −1, 0, 1. Ends when the tip is higher than 1.
 */
export function acrobotWorld(horizon: number, maximumDelay: number): World<Acrobot> {
  return {
    id: '@tasklearn/environments/acrobot',
    spec: {
      observation: { shape: [6], dtype: 'float32' },
      action: { shape: [], dtype: 'int32', minimum: 0, maximum: 2 },
      horizon,
      hasSuccess: true,
    },
    stateSize: 4,
    maximumDelay,
    idleAction: 1,
    bodyOf: acrobotBody,
    begin(state, s, _body, random, copy) {
      for (let index = 0; index < 4; index += 1) state[s + index] = 0.2 * random.uniform(copy) - 0.1;
    },
    advance(state, s, actions, a, body) {
      stepAcrobot(state, s, (actions[a] as number) - 1, body);
      const angle1 = state[s] as number;
      return -Math.cos(angle1) - Math.cos(angle1 + (state[s + 1] as number)) > 1;
    },
    observe(state, s, _body, observation, o) {
      observation[o] = Math.cos(state[s] as number);
      observation[o + 1] = Math.sin(state[s] as number);
      observation[o + 2] = Math.cos(state[s + 1] as number);
      observation[o + 3] = Math.sin(state[s + 1] as number);
      observation[o + 4] = state[s + 2] as number;
      observation[o + 5] = state[s + 3] as number;
    },
    reward: (_observation, _o, _actions, _a, next, n) => (acrobotHeight(next, n) > 1 ? 0 : -1),
    reached: (next, n) => acrobotHeight(next, n) > 1,
  };
}
