import type { ControlDistribution } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column, indicator } from '../continuous/columns.js';
import { continuousDistribution } from '../continuous/continuous-distribution.js';
import { variedBody } from '../continuous/varied-body.js';
import { type CartPoleOptions, cartPoleSettings } from './cart-pole-options.js';
import { cartPolePicture } from './cart-pole-picture.js';
import { cartPoleOracle } from './cart-pole-references.js';
import { CART_POLE_LEAN, CART_POLE_TRACK, cartPoleWorld } from './cart-pole-world.js';

/**
 * A pole to be balanced on a cart: CartPole-v1 of Gymnasium, equation by equation; optionally with continuous force, and
 * with tasks that differ in masses, length, gravity, force, friction and delay.
 *
 * Observes x, ẋ, θ, θ̇. Ends when |x| > 2.4 or |θ| > 12°.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 * @see Barto, Sutton, Anderson. Neuronlike Adaptive Elements That Can Solve Difficult Learning Control Problems. IEEE
 *   Transactions on Systems, Man, and Cybernetics 1983.
 *
 * @example
 * ```ts
 * import { createRng } from '@tasklearn/core';
 * import { cartPole } from '@tasklearn/environments';
 *
 * const distribution = cartPole();
 * const environment = distribution.createEnvironment([distribution.task('train', 0, createRng(0))], 64, createRng(1));
 * environment.reset();
 * environment.step(new Float32Array(64).fill(1)).reward[0]; // => 1
 * environment.dispose();
 * ```
 */
export function cartPole(options: Partial<CartPoleOptions> = {}): ControlDistribution {
  const settings = cartPoleSettings(options);
  const { gravity, cartMass, poleMass, halfLength, force, friction, delay } = settings;
  const body = variedBody(
    'cart-pole',
    { gravity, cartMass, poleMass, halfLength, force, friction, delay },
    { cartMass: 1e-6, poleMass: 1e-6, halfLength: 1e-6 },
  );
  return continuousDistribution({
    world: cartPoleWorld(settings, body.maximumDelay),
    varies: body.varies,
    trainingTasks: settings.trainingTasks,
    draw: body.draw,
    recordableReward: (_task, _observation, _action, next) =>
      tf.tidy(() => {
        if (settings.reward === 'step') return tf.ones(next.shape.slice(0, -1));
        const onTrack = tf.lessEqual(tf.abs(column(next, 0)), CART_POLE_TRACK);
        const upright = tf.lessEqual(tf.abs(column(next, 2)), CART_POLE_LEAN);
        return tf.mul(indicator(onTrack), indicator(upright)); // [...]
      }),
    references: { oracle: cartPoleOracle(settings.actions === 'discrete') },
    picture: cartPolePicture((observation, o) => observation[o + 2] as number, 'Cart-pole'),
  });
}
