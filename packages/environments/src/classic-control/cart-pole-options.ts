import { requireInteger, requireOneOf } from '@tasklearn/core';
import { requireImageSize } from '../continuous/image-world.js';
import type { ParameterRange } from '../continuous/parameter-range.js';

/** Options of the cart-pole; a range with two equal ends does not vary. */
export type CartPoleOptions = {
  /** `discrete`: 0 pushes left, 1 right, with full force; `continuous`: one number in [−1, 1] times the force. */
  readonly actions: 'discrete' | 'continuous';
  /** `step`: 1 for every step, as in Gymnasium; `upright`: 0 for the step that falls, so that planners can tell. */
  readonly reward: 'step' | 'upright';
  /** Steps of an episode. */
  readonly horizon: number;
  /** m/s². */
  readonly gravity: ParameterRange;
  /** kg. */
  readonly cartMass: ParameterRange;
  /** kg. */
  readonly poleMass: ParameterRange;
  /** Half the length of the pole, m. */
  readonly halfLength: ParameterRange;
  /** N. */
  readonly force: ParameterRange;
  /** Of the hinge, N m s. */
  readonly friction: ParameterRange;
  /** Steps until an action takes effect: integers. */
  readonly delay: ParameterRange;
  /** Size of the finite set of training tasks; 0 draws a new task for each index. */
  readonly trainingTasks: number;
  /** Pixels along a side of images, of now and of one step before, that are observed instead of numbers; 0 for numbers. */
  readonly image: number;
};

/** CartPole-v1. */
export const cartPoleDefaults: CartPoleOptions = {
  actions: 'discrete',
  reward: 'step',
  horizon: 500,
  gravity: [9.8, 9.8],
  cartMass: [1, 1],
  poleMass: [0.1, 0.1],
  halfLength: [0.5, 0.5],
  force: [10, 10],
  friction: [0, 0],
  delay: [0, 0],
  trainingTasks: 0,
  image: 0,
};

/**
 * Complete options; the ranges are checked by whoever varies the body.
 *
 * @throws `INVALID_OPTION` for a value out of range.
 */
export function cartPoleSettings(options: Partial<CartPoleOptions>): CartPoleOptions {
  const settings = { ...cartPoleDefaults, ...options };
  requireOneOf('cart-pole', settings, 'actions', ['discrete', 'continuous']);
  requireOneOf('cart-pole', settings, 'reward', ['step', 'upright']);
  requireInteger('cart-pole', settings, 'horizon');
  requireInteger('cart-pole', settings, 'trainingTasks', 0);
  requireImageSize('cart-pole', settings);
  return settings;
}
