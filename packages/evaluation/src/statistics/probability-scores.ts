/**
 * Brier score of class probabilities, (1/n) Σᵢ Σ_c (p_{i,c} − 1(yᵢ = c))².
 *
 * @param probabilities - [n, classes] row by row, each row a distribution.
 * @param labels - class index of each row, in [0, classes).
 * @param classes - row length.
 * @returns the score in [0, 2]; 0 is perfect, NaN for no rows.
 * @see Brier. Verification of Forecasts Expressed in Terms of Probability. Monthly Weather Review 78, 1950.
 */
export function brierScore(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    for (let c = 0; c < classes; c++) {
      sum += (probabilities[i * classes + c]! - (labels[i] === c ? 1 : 0)) ** 2;
    }
  }
  return sum / labels.length;
}

/**
 * Mean negative log-likelihood of class probabilities in nats, −(1/n) Σᵢ ln p_{i,yᵢ}.
 *
 * @param probabilities - [n, classes] row by row.
 * @param labels - class index of each row.
 * @param classes - row length.
 * @returns nats per prediction, ≥ 0; Infinity where a true class got probability 0.
 */
export function negativeLogLikelihood(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum -= Math.log(probabilities[i * classes + labels[i]!]!);
  return sum / labels.length;
}
