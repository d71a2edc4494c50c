import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column } from '../continuous/columns.js';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import { variedBody } from '../continuous/varied-body.js';
import type { World } from '../continuous/world.js';
import { stepCartPole } from './cart-pole-physics.js';
import { cartPolePicture } from './cart-pole-picture.js';
import { CART_POLE_TRACK, cartPoleBody, type DrivenCartPole } from './cart-pole-world.js';
import { swingUpOracle } from './swing-up-oracle.js';

/** Options of the swing-up; a range with two equal ends does not vary. */
export type CartPoleSwingUpOptions = {
  /** Steps of an episode, 0.02 s each. */
  readonly horizon: number;
  /** m/s². */
  readonly gravity: ParameterRange;
  /** kg. */
  readonly cartMass: ParameterRange;
  /** kg. */
  readonly poleMass: ParameterRange;
  /** Half the length of the pole, m. */
  readonly halfLength: ParameterRange;
  /** Of a full action, N. */
  readonly force: ParameterRange;
  /** Of the hinge, N m s. */
  readonly friction: ParameterRange;
  /** Steps until an action takes effect: integers. */
  readonly delay: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** The body of CartPole-v1, 200 steps. */
export const cartPoleSwingUpDefaults: CartPoleSwingUpOptions = {
  horizon: 200,
  gravity: [9.8, 9.8],
  cartMass: [1, 1],
  poleMass: [0.1, 0.1],
  halfLength: [0.5, 0.5],
  force: [10, 10],
  friction: [0, 0],
  delay: [0, 0],
  trainingTasks: 0,
};

/** Success where the cosine of the pole's angle is above this. */
const UPRIGHT = 0.95;

/**
 * State x, ẋ, θ, θ̇, hanging at first, with U(−0.05, 0.05) added to each; observes x, ẋ, cos θ, sin θ, θ̇. The ends of the
 * track stop the cart.
 */
function swingUpWorld(horizon: number, maximumDelay: number): World<DrivenCartPole> {
  return {
    id: '@tasklearn/environments/cart-pole-swing-up',
    spec: {
      observation: { shape: [5], dtype: 'float32' },
      action: { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 },
      horizon,
      hasSuccess: true,
    },
    stateSize: 4,
    maximumDelay,
    bodyOf: cartPoleBody,
    begin(state, s, _body, random, copy) {
      for (let index = 0; index < 4; index += 1) state[s + index] = 0.1 * random.uniform(copy) - 0.05;
      state[s + 2] = (state[s + 2] as number) + Math.PI;
    },
    advance(state, s, actions, a, body) {
      stepCartPole(state, s, (actions[a] as number) * body.force, body);
      const x = state[s] as number;
      if (Math.abs(x) > CART_POLE_TRACK) {
        state[s] = Math.sign(x) * CART_POLE_TRACK;
        state[s + 1] = 0;
      }
      return false;
    },
    observe(state, s, _body, observation, o) {
      observation[o] = state[s] as number;
      observation[o + 1] = state[s + 1] as number;
      observation[o + 2] = Math.cos(state[s + 2] as number);
      observation[o + 3] = Math.sin(state[s + 2] as number);
      observation[o + 4] = state[s + 3] as number;
    },
    reward(_observation, _o, actions, a, next, n, body) {
      const length = 2 * body.halfLength;
      const aside = (next[n] as number) + length * (next[n + 3] as number);
      const below = length * ((next[n + 2] as number) - 1);
      const nearness = Math.exp(-(aside * aside + below * below) / (length * length));
      return nearness - 0.01 * (actions[a] as number) ** 2;
    },
    reached: (next, n) => (next[n + 2] as number) > UPRIGHT,
  };
}

/**
 * A pole that hangs from a cart and is to be swung up and held in the middle of the track: the physics of CartPole-v1 with
 * continuous force.
 *
 * Reward exp(−‖tip − (0, 2l)‖² / (2l)²) − 0.01 a², after the step. References: `oracle` (energy, then linear-quadratic
 * feedback), `random`.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Chua, Calandra, McAllister, Levine. Deep Reinforcement Learning in a Handful of Trials using Probabilistic Dynamics
 *   Models. NeurIPS 2018. arXiv:1805.12114, whose cart-pole has this reward.
 *
 * @example
 * ```ts
 * import { cartPoleSwingUp } from '@tasklearn/environments';
 *
 * cartPoleSwingUp().spec.observation.shape; // => [5]
 * ```
 */
export function cartPoleSwingUp(options: Partial<CartPoleSwingUpOptions> = {}): ControlDistribution {
  const settings = { ...cartPoleSwingUpDefaults, ...options };
  const { gravity, cartMass, poleMass, halfLength, force, friction, delay } = settings;
  const horizon = requireInteger('cart-pole-swing-up', settings, 'horizon');
  const body = variedBody(
    'cart-pole-swing-up',
    { gravity, cartMass, poleMass, halfLength, force, friction, delay },
    { cartMass: 1e-6, poleMass: 1e-6, halfLength: 1e-6 },
  );
  // The reward knows the length of the pole: where that varies, so does the law.
  const lengthVaries = halfLength[0] < halfLength[1];
  return continuousDistribution({
    world: swingUpWorld(horizon, body.maximumDelay),
    varies: lengthVaries ? [...body.varies, 'reward'] : body.varies,
    trainingTasks: settings.trainingTasks,
    draw: body.draw,
    recordableReward: (task, _observation, action, next) =>
      tf.tidy(() => {
        const length = 2 * cartPoleBody(task.parameters).halfLength;
        const aside = tf.add(column(next, 0), tf.mul(length, column(next, 3)));
        const below = tf.mul(length, tf.sub(column(next, 2), 1));
        const squared = tf.div(tf.add(tf.square(aside), tf.square(below)), length * length);
        const effort = tf.square(tf.clipByValue(column(action, 0), -1, 1));
        return tf.sub(tf.exp(tf.neg(squared)), tf.mul(0.01, effort)); // [...]
      }),
    references: { oracle: swingUpOracle },
    picture: cartPolePicture(
      (observation, o) => Math.atan2(observation[o + 3] as number, observation[o + 2] as number),
      'Cart-pole swing-up',
    ),
  });
}
