/** What is predicted of one item, a mixture over R run lengths. */
export interface MixturePrediction {
  /** b(r), [R]; they sum to 1. */
  readonly weights: readonly number[];
  /** Numbers [R, D], or probabilities of classes [R, N]. */
  readonly means: Float32Array;
  /** σ of numbers, [R, D]; absent for classes. */
  readonly deviations?: Float32Array;
}

/**
 * log Σ_r b(r) p(y | η_r) of the target, in nats.
 *
 * @param target - D numbers, or one class.
 */
export function mixtureLogProbability(
  { weights, means, deviations }: MixturePrediction,
  target: ArrayLike<number>,
): number {
  const size = means.length / weights.length;
  const logs = weights.map((weight, run) => {
    const at = run * size;
    if (deviations === undefined)
      return Math.log(weight) + Math.log(means[at + (target[0] as number)] as number);
    let sum = Math.log(weight);
    for (let axis = 0; axis < size; axis += 1) {
      const deviation = deviations[at + axis] as number;
      const scaled = ((target[axis] as number) - (means[at + axis] as number)) / deviation;
      sum -= 0.5 * (scaled ** 2 + Math.log(2 * Math.PI)) + Math.log(deviation);
    }
    return sum;
  });
  const largest = Math.max(...logs);
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
