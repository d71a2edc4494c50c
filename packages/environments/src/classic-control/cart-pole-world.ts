import type { ControlSpec, ControlTask } from '@tasklearn/core';
import type { World } from '../continuous/world.js';
import type { CartPoleOptions } from './cart-pole-options.js';
import { type CartPole, stepCartPole } from './cart-pole-physics.js';

/** A cart-pole and the force of its motor, N. */
export interface DrivenCartPole extends CartPole {
  readonly force: number;
}

/** The track ends so far from its middle, m. */
export const CART_POLE_TRACK = 2.4;

/** An episode ends where the pole leans further than 12°, radians. */
export const CART_POLE_LEAN = (12 * 2 * Math.PI) / 360;

/** A task's parameters by name; absent ones as in CartPole-v1. */
export function cartPoleBody(parameters: ControlTask['parameters']): DrivenCartPole {
  const {
    gravity = 9.8,
    cartMass = 1,
    poleMass = 0.1,
    halfLength = 0.5,
    force = 10,
    friction = 0,
  } = parameters;
  return { gravity, cartMass, poleMass, halfLength, force, friction };
}

const inside = (x: number, angle: number) =>
  x >= -CART_POLE_TRACK && x <= CART_POLE_TRACK && angle >= -CART_POLE_LEAN && angle <= CART_POLE_LEAN;

/** Idle: no push, while a late first action is on its way. */
const IDLE = -1;

function specOf({ actions, horizon }: CartPoleOptions): ControlSpec {
  return {
    observation: { shape: [4], dtype: 'float32' },
    action:
      actions === 'discrete'
        ? { shape: [], dtype: 'int32', minimum: 0, maximum: 1 }
        : { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 },
    horizon,
    hasSuccess: false,
  };
}

/** The world of CartPole-v1: state and observation x, ẋ, θ, θ̇, all drawn from U(−0.05, 0.05) at first. */
export function cartPoleWorld(settings: CartPoleOptions, maximumDelay: number): World<DrivenCartPole> {
  const discrete = settings.actions === 'discrete';
  return {
    id: '@tasklearn/environments/cart-pole',
    spec: specOf(settings),
    stateSize: 4,
    maximumDelay,
    idleAction: discrete ? IDLE : 0,
    bodyOf: cartPoleBody,
    begin(state, s, _body, random, copy) {
      for (let index = 0; index < 4; index += 1) state[s + index] = 0.1 * random.uniform(copy) - 0.05;
    },
    advance(state, s, actions, a, body) {
      const action = actions[a] as number;
      const share = !discrete ? action : action === IDLE ? 0 : 2 * action - 1;
      stepCartPole(state, s, share * body.force, body);
      return !inside(state[s] as number, state[s + 2] as number);
    },
    observe(state, s, _body, observation, o) {
      for (let index = 0; index < 4; index += 1) observation[o + index] = state[s + index] as number;
    },
    reward:
      settings.reward === 'step'
        ? () => 1
        : (_observation, _o, _actions, _a, next, n) =>
            inside(next[n] as number, next[n + 2] as number) ? 1 : 0,
  };
}
