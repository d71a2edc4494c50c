/** P(T ≤ t) of Student's t for whole degrees of freedom ν, by its finite sum. */
function cumulative(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const square = Math.cos(angle) ** 2;
  let sum = 0;
  if (degrees % 2 === 1) {
    let term = Math.cos(angle);
    for (let k = 3; k <= degrees; k += 2) {
      sum += term;
      term *= (square * (k - 1)) / k;
    }
    return 0.5 + (angle + Math.sin(angle) * sum) / Math.PI;
  }
  let term = 1;
  for (let k = 2; k <= degrees; k += 2) {
    sum += term;
    term *= (square * (k - 1)) / k;
  }
  return 0.5 + (Math.sin(angle) * sum) / 2;
}

/** t with P(T ≤ t) = p for whole degrees of freedom, p in (0.5, 1). */
function quantile(p: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (cumulative(high, degrees) < p) high *= 2;
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (cumulative(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** A mean with an interval. */
export interface MeanWithInterval {
  readonly mean: number;
  /** NaN, as `upper`, where there is one value only. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Mean with Student's 95 % interval over independent values: x̄ ± t s / √n.
 *
 * @see Abramowitz, Stegun. Handbook of Mathematical Functions. 1964, 26.7.3-4.
 */
export function studentInterval(values: readonly number[]): MeanWithInterval {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, lower: Number.NaN, upper: Number.NaN };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = quantile(0.975, count - 1) * Math.sqrt(variance / count);
  return { mean, lower: mean - half, upper: mean + half };
}
