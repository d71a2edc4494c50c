import type { Rng } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import { type LogDensity, scoreOf } from './hamiltonian.js';

/**
 * One step of stochastic gradient Langevin dynamics: φ ← φ + (ε/2) ∇ log p(φ) + √ε ξ, ξ ~ N(0, I): gradient ascent with noise. There
 * is no accepting, so that the chain's distribution is off by O(ε).
 *
 * @param logDensity - log p(φ, D), or an unbiased estimate of it from a part of the data.
 * @param phi - where the chains are, [..., d].
 * @param stepSize - ε > 0.
 * @see Welling, Teh. Bayesian Learning via Stochastic Gradient Langevin Dynamics. ICML 2011.
 */
export function langevinStep(logDensity: LogDensity, phi: Tensor, rng: Rng, stepSize: number): Tensor {
  const drift = scoreOf(logDensity, phi).mul(stepSize / 2);
  return phi.add(drift).add(rng.normal(phi.shape).mul(Math.sqrt(stepSize)));
}
