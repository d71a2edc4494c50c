import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { Initializer } from './initializer.js';

/** erf(√2): the mass of a standard normal within two standard deviations. */
const MASS_WITHIN_TWO = 0.9544997361036416;

/** Central branch of Giles' single-precision inverse error function, highest power first; |x| < 0.9966. */
const COEFFICIENTS = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
] as const;

/** erf⁻¹(x) for |x| ≤ erf(√2), same shape. */
function inverseErrorFunction(x: Tensor): Tensor {
  const w = tf
    .log(tf.sub(1, tf.square(x)))
    .neg()
    .sub(2.5);
  const polynomial = COEFFICIENTS.slice(1).reduce<Tensor>(
    (sum, coefficient) => sum.mul(w).add(coefficient),
    tf.fill(x.shape, COEFFICIENTS[0]),
  );
  return polynomial.mul(x);
}

/**
 * w ~ N(0, σ²) cut at ±2σ, drawn by inversion: w = σ √2 erf⁻¹(u), u ~ U[−erf √2, erf √2).
 * The cut makes the standard deviation of w 0.88 σ, as in TensorFlow's `truncated_normal`.
 *
 * @param standardDeviation - σ ≥ 0, before the cut.
 * @see Giles. Approximating the erfinv function. GPU Computing Gems, 2011.
 */
export function truncatedNormal(standardDeviation: number): Initializer {
  return (shape, _fans, rng) =>
    tf.tidy(() => {
      const u = rng
        .uniform(shape)
        .mul(2 * MASS_WITHIN_TWO)
        .sub(MASS_WITHIN_TWO);
      return inverseErrorFunction(u).mul(standardDeviation * Math.SQRT2);
    });
}
