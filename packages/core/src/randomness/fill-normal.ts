import type { Rng } from './rng.js';

/**
 * Fills an array with standard normal numbers: the values that `rng.normal` of that many elements would hold.
 * The host fills the random inputs of a compiled function this way, so eager and compiled runs agree.
 *
 * @returns `target`.
 */
export function fillNormal(rng: Pick<Rng, 'gaussian'>, target: Float32Array): Float32Array {
  for (let index = 0; index < target.length; index++) target[index] = rng.gaussian();
  return target;
}
