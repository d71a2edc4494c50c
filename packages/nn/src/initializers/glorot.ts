import type { Initializer } from './initializer.js';
import { normal } from './normal.js';
import { uniform } from './uniform.js';

/**
 * w ~ U[−a, a), a = √(6 / (fanIn + fanOut)): keeps the variance of signals and gradients level through layers.
 *
 * @see Glorot, Bengio. Understanding the difficulty of training deep feedforward neural networks. AISTATS 2010, eq. 16.
 */
export function glorotUniform(): Initializer {
  return (shape, fans, rng) => uniform(Math.sqrt(6 / (fans.fanIn + fans.fanOut)))(shape, fans, rng);
}

/**
 * w ~ N(0, 2 / (fanIn + fanOut)).
 *
 * @see Glorot, Bengio. AISTATS 2010, eq. 12.
 */
export function glorotNormal(): Initializer {
  return (shape, fans, rng) => normal(Math.sqrt(2 / (fans.fanIn + fans.fanOut)))(shape, fans, rng);
}
