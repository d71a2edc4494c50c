/**
 * Cumulative distribution Φ(x) of the standard normal.
 *
 * Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …) inside |x| ≤ 6.5, and Mills' ratio as a continued fraction in the tails;
 * absolute error below 1e-14.
 *
 * @param x - any number.
 * @returns a number in [0, 1].
 * @see Marsaglia. Evaluating the Normal Distribution. Journal of Statistical Software 11(4), 2004.
 */
export function normalCumulative(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x < -38) return 0;
  if (x > 38) return 1;
  if (Math.abs(x) > 6.5) return x > 0 ? 1 - normalTail(x) : normalTail(-x);
  let term = x;
  let sum = x;
  for (let i = 3; Math.abs(term) > 1e-18; i += 2) {
    term *= (x * x) / i;
    sum += term;
    if (i > 400) break;
  }
  return 0.5 + sum * normalDensity(x);
}

function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** Upper tail for large x, by the continued fraction of Mills' ratio. */
function normalTail(x: number): number {
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / (x + fraction);
  return normalDensity(x) / (x + fraction);
}

/**
 * Quantile Φ⁻¹(p) of the standard normal, by bisection of {@link normalCumulative}.
 *
 * @param p - probability in (0, 1); 0 and 1 give ∓Infinity.
 * @returns x with Φ(x) = p, to about 1e-12.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  let low = -38;
  let high = 38;
  for (let i = 0; i < 100 && high - low > 1e-13; i++) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
