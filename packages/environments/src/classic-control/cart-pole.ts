import type { ControlDistribution } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';
import { column, indicator } from '../continuous/columns.js';
import { type ContinuousFamily, continuousDistribution } from '../continuous/continuous-distribution.js';
import { imageFamily } from '../continuous/image-world.js';
import { variedBody } from '../continuous/varied-body.js';
import { paintSegment } from '../picture/paint.js';
import { type CartPoleOptions, cartPoleSettings } from './cart-pole-options.js';
import { cartPolePicture } from './cart-pole-picture.js';
import { cartPoleOracle } from './cart-pole-references.js';
import { CART_POLE_LEAN, CART_POLE_TRACK, cartPoleWorld, type DrivenCartPole } from './cart-pole-world.js';

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
  const family: ContinuousFamily<DrivenCartPole> = {
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
  };
  return continuousDistribution(settings.image === 0 ? family : asImages(family, settings.image));
}

/** Cart and pole from the side; the pole at twice its length, the better to be seen. */
function asImages(family: ContinuousFamily<DrivenCartPole>, size: number): ContinuousFamily<DrivenCartPole> {
  return imageFamily(family, {
    size,
    view: { left: -2.6, bottom: -2.2, width: 5.2, height: 5.2 },
    paint([x = 0, , angle = 0], canvas) {
      paintSegment(canvas, x - 0.25, 0, x + 0.25, 0, 0.15, 0.6);
      paintSegment(canvas, x, 0, x + 2 * Math.sin(angle), 2 * Math.cos(angle), 0.1, 1);
    },
  });
}
