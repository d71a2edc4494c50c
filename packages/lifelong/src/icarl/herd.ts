/**
 * Herding: chooses items one by one so that the mean of those chosen stays as near as possible to the mean of all. The order is
 * one of importance: every prefix is the choice for its length.
 *
 * p_k = argmin_x ‖μ − (φ(x) + Σ_{j<k} φ(p_j)) / k‖, without replacement.
 *
 * @param features - φ of each item, [n][F].
 * @param count - how many to choose, at most n.
 * @returns places of the chosen, in order.
 * @see Welling. Herding Dynamical Weights to Learn. ICML 2009. Rebuffi et al. iCaRL. CVPR 2017, algorithm 4.
 *
 * @example
 * ```ts
 * import { herd } from '@tasklearn/lifelong';
 *
 * herd([[0], [1], [5]].map((row) => Float32Array.from(row)), 2); // => [1, 2]
 * ```
 */
export function herd(features: readonly Float32Array[], count: number): readonly number[] {
  const size = features[0]?.length ?? 0;
  const mean = new Float64Array(size);
  for (const row of features)
    for (let axis = 0; axis < size; axis++) mean[axis]! += (row[axis] as number) / features.length;
  const sum = new Float64Array(size);
  const chosen: number[] = [];
  const free = new Set(features.keys());
  while (chosen.length < Math.min(count, features.length)) {
    const length = chosen.length + 1;
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (const place of free) {
      const row = features[place] as Float32Array;
      let distance = 0;
      for (let axis = 0; axis < size; axis++)
        distance += ((mean[axis] as number) - ((sum[axis] as number) + (row[axis] as number)) / length) ** 2;
      if (distance < least) [best, least] = [place, distance];
    }
    if (best < 0) break; // Features that are not finite.
    free.delete(best);
    chosen.push(best);
    for (let axis = 0; axis < size; axis++) sum[axis]! += features[best]?.[axis] as number;
  }
  return chosen;
}
