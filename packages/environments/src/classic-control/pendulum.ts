import { type ControlDistribution, requireInteger } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column } from '../continuous/columns.js';
import { type ContinuousFamily, continuousDistribution } from '../continuous/continuous-distribution.js';
import { imageFamily, requireImageSize } from '../continuous/image-world.js';
import type { ParameterRange } from '../continuous/parameter-range.js';
import { variedBody } from '../continuous/varied-body.js';
import { paintSegment } from '../picture/paint.js';
import type { Pendulum } from './pendulum-physics.js';
import { pendulumPicture } from './pendulum-picture.js';
import { pendulumOracle } from './pendulum-references.js';
import { PENDULUM_TORQUE, pendulumWorld } from './pendulum-world.js';

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
  /** Pixels along a side of images, of now and of one step before, that are observed instead of numbers; 0 for numbers. */
  readonly image: number;
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
  image: 0,
};

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
  const size = requireImageSize('pendulum', settings);
  const family: ContinuousFamily<Pendulum> = {
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
  };
  return continuousDistribution(
    size === 0
      ? family
      : imageFamily(family, {
          size,
          view: { left: -1.15, bottom: -1.15, width: 2.3, height: 2.3 },
          paint: ([cos = 0, sin = 0], canvas) => paintSegment(canvas, 0, 0, sin, cos, 0.1, 1),
        }),
  );
}
