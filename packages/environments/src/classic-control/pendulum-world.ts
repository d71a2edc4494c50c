import type { ControlTask } from '@tasklearn/core';
import type { World } from '../continuous/world.js';
import { type Pendulum, stepPendulum } from './pendulum-physics.js';

/** Largest action. */
export const PENDULUM_TORQUE = 2;

/** A task's parameters by name; absent ones as in Pendulum-v1. */
export function pendulumBody(parameters: ControlTask['parameters']): Pendulum {
  const { gravity = 10, mass = 1, length = 1, friction = 0, gain = 1 } = parameters;
  return { gravity, mass, length, friction, gain };
}

/** The world of Pendulum-v1: θ ~ U(−π, π), θ̇ ~ U(−1, 1) at first; observes cos θ, sin θ, θ̇. */
export function pendulumWorld(horizon: number, maximumDelay: number): World<Pendulum> {
  return {
    id: '@tasklearn/environments/pendulum',
    spec: {
      observation: { shape: [3], dtype: 'float32' },
      action: { shape: [1], dtype: 'float32', minimum: -PENDULUM_TORQUE, maximum: PENDULUM_TORQUE },
      horizon,
      hasSuccess: false,
    },
    stateSize: 2,
    maximumDelay,
    bodyOf: pendulumBody,
    begin(state, s, _body, random, copy) {
      state[s] = Math.PI * (2 * random.uniform(copy) - 1);
      state[s + 1] = 2 * random.uniform(copy) - 1;
    },
    advance(state, s, actions, a, body) {
      stepPendulum(state, s, actions[a] as number, body);
      return false;
    },
    observe(state, s, _body, observation, o) {
      const angle = state[s] as number;
      observation[o] = Math.cos(angle);
      observation[o + 1] = Math.sin(angle);
      observation[o + 2] = state[s + 1] as number;
    },
    reward(observation, o, actions, a) {
      const angle = Math.atan2(observation[o + 1] as number, observation[o] as number);
      const rate = observation[o + 2] as number;
      const action = actions[a] as number;
      return -(angle * angle + 0.1 * rate * rate + 0.001 * action * action);
    },
  };
}
