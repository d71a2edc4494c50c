import type { Rng } from './rng.js';

/**
 * Fills an array with uniform numbers in [0, 1): the values that `rng.uniform` of that many elements would hold.
 *
 * Each is a multiple of 2^-24: rounding a finer number to float32 could give 1.
 *
 * @returns `target`.
 */
export function fillUniform(rng: Pick<Rng, 'integer'>, target: Float32Array): Float32Array {
  for (let index = 0; index < target.length; index++) target[index] = rng.integer(0x1000000) / 0x1000000;
  return target;
}
