import type { Rng } from '@tasklearn/core';
import * as tf from '@tensorflow/tfjs';

/**
 * A stream without surprise: normal numbers are 0, uniform ones ½. Noise then has no shape to depend on, so a
 * learner that draws some can still be asked whether a batch of tasks is as many batches of one.
 */
export function quietRng(): Rng {
  const rng: Rng = {
    split: () => rng,
    next: () => 0.5,
    integer: (bound) => Math.floor(bound / 2),
    gaussian: () => 0,
    permutation: (n) => Int32Array.from({ length: n }, (_, index) => index),
    normal: (shape) => tf.zeros([...shape]),
    uniform: (shape) => tf.fill([...shape], 0.5),
  };
  return rng;
}
