import type { Rng } from '@tasklearn/core';
import { mean } from './moments.js';

/** Settings of {@link signFlipTest}. */
export interface SignFlipOptions {
  /** Source of the flips; unused where all 2ⁿ sign patterns are enumerated. */
  readonly rng: Rng;
  /** Random sign patterns drawn when there are too many to enumerate. Default 2000. */
  readonly permutations?: number;
}

/** Largest n for which all 2ⁿ sign patterns are tried. */
const ENUMERABLE = 12;

/**
 * Two-sided permutation test of "differences are symmetric around zero": flips the sign of each difference at random
 * and asks how often the mean is at least as far from zero as the observed one.
 *
 * p = (1 + #{|mean(sᵢ dᵢ)| ≥ |mean(dᵢ)|}) / (1 + permutations); exact over all 2ⁿ patterns for n ≤ 12.
 *
 * @param differences - one per pair, e.g. per episode met by both learners.
 * @returns the p-value in (0, 1]; 1 for no differences or for all zero.
 * @see Good. Permutation, Parametric and Bootstrap Tests of Hypotheses. Springer 2005, section 3.2.
 */
export function signFlipTest(differences: ArrayLike<number>, options: SignFlipOptions): number {
  const count = differences.length;
  if (count === 0) return 1;
  const observed = Math.abs(mean(differences)) * count;
  const tolerance = 1e-12 * (1 + observed);
  const enumerate = count <= ENUMERABLE;
  const patterns = enumerate ? 2 ** count : (options.permutations ?? 2000);
  let extreme = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    const sum = enumerate ? enumeratedSum(differences, pattern) : randomSum(differences, options.rng);
    if (Math.abs(sum) >= observed - tolerance) extreme++;
  }
  return enumerate ? extreme / patterns : (1 + extreme) / (1 + patterns);
}

function enumeratedSum(differences: ArrayLike<number>, pattern: number): number {
  let sum = 0;
  for (let i = 0; i < differences.length; i++) sum += (pattern >> i) & 1 ? -differences[i]! : differences[i]!;
  return sum;
}

/** Thirty signs from one draw. */
function randomSum(differences: ArrayLike<number>, rng: Rng): number {
  let sum = 0;
  let bits = 0;
  for (let i = 0; i < differences.length; i++) {
    if (i % 30 === 0) bits = rng.integer(2 ** 30);
    sum += (bits >> (i % 30)) & 1 ? -differences[i]! : differences[i]!;
  }
  return sum;
}
