import type { Rng } from '@tasklearn/core';

/**
 * Exploration in parameter space: θ + σ ε, ε standard normal; to be drawn when an episode begins.
 *
 * @param vector - θ, [P]; not modified.
 * @param deviation - σ ≥ 0.
 * @returns [P], the caller's.
 * @see Plappert et al. Parameter Space Noise for Exploration. ICLR 2018. arXiv:1706.01905.
 */
export function perturbedParameters(vector: Float32Array, deviation: number, rng: Rng): Float32Array {
  return vector.map((value) => value + deviation * rng.gaussian());
}
