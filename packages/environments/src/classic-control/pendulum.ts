import { type ControlDistribution, type ControlTask, requireInteger } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column } from '../continuous/columns.js';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import { variedBody } from '../continuous/varied-body.js';
import type { World } from '../continuous/world.js';
import { type Pendulum, stepPendulum } from './pendulum-physics.js';
import { pendulumPicture } from './pendulum-picture.js';
import { pendulumOracle } from './pendulum-references.js';

/** Options of the pendulum; a range with two equal ends does not vary. */
export type PendulumOptions = {
  /** Steps of an episode. */
  readonly horizon: number;
  /** m/s². */
  readonly gravity: ParameterRange;
  /** kg. */
  readonly mass: ParameterRange;
  /** m. */
  readonly length: ParameterRange;
  /** Of the hinge, N m s. */
  readonly friction: ParameterRange;
  /** Torque per unit of action. */
  readonly gain: ParameterRange;
  /** Steps until an action takes effect: integers. */
  readonly delay: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
};

/** Pendulum-v1. */
export const pendulumDefaults: PendulumOptions = {
  horizon: 200,
  gravity: [10, 10],
  mass: [1, 1],
  length: [1, 1],
  friction: [0, 0],
  gain: [1, 1],
  delay: [0, 0],
  trainingTasks: 0,
};

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

/**
 * A pendulum to be swung up and held: Pendulum-v1 of Gymnasium, equation by equation; optionally with tasks that differ
 * in mass, length, gravity, friction, gain and delay.
 *
 * Reward −(θ² + 0.1 θ̇² + 0.001 a²), with θ in [−π, π] and before the step, as in the original.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { pendulum } from '@tasklearn/environments';
 *
 * const heavy = pendulum({ mass: [0.5, 2] });
 * heavy.varies; // => ['dynamics']
 * heavy.task('train', 0, createRng(0)).parameters.gravity; // => 10
 * ```
 */
export function pendulum(options: Partial<PendulumOptions> = {}): ControlDistribution {
  const settings = { ...pendulumDefaults, ...options };
  const { gravity, mass, length, friction, gain, delay } = settings;
  const horizon = requireInteger('pendulum', settings, 'horizon');
  const body = variedBody(
    'pendulum',
    { gravity, mass, length, friction, gain, delay },
    { mass: 1e-6, length: 1e-6, gain: Number.NEGATIVE_INFINITY },
  );
  return continuousDistribution({
    world: pendulumWorld(horizon, body.maximumDelay),
    varies: body.varies,
    trainingTasks: settings.trainingTasks,
    draw: body.draw,
    recordableReward: (_task, observation, action) =>
      tf.tidy(() => {
        const angle = tf.atan2(column(observation, 1), column(observation, 0));
        const torque = tf.clipByValue(column(action, 0), -PENDULUM_TORQUE, PENDULUM_TORQUE);
        const speed = tf.mul(0.1, tf.square(column(observation, 2)));
        return tf.neg(tf.addN([tf.square(angle), speed, tf.mul(0.001, tf.square(torque))])); // [...]
      }),
    references: { oracle: pendulumOracle },
    picture: pendulumPicture,
  });
}
