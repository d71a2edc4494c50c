import type { Initializer } from './initializer.js';
import { normal } from './normal.js';
import { uniform } from './uniform.js';

/**
 * w ~ N(0, 2 / fanIn): keeps the variance of signals level through rectified layers.
 *
 * @see He, Zhang, Ren, Sun. Delving Deep into Rectifiers. ICCV 2015, eq. 10. arXiv:1502.01852.
 */
export function heNormal(): Initializer {
  return (shape, fans, rng) => normal(Math.sqrt(2 / fans.fanIn))(shape, fans, rng);
}

/**
 * w ~ U[−a, a), a = √(6 / fanIn): the variance of {@link heNormal}.
 *
 * @see He, Zhang, Ren, Sun. ICCV 2015. arXiv:1502.01852.
 */
export function heUniform(): Initializer {
  return (shape, fans, rng) => uniform(Math.sqrt(6 / fans.fanIn))(shape, fans, rng);
}
