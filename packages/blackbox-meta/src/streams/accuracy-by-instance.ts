import { type EpisodeResult, TasklearnError } from '@tasklearn/core';

/** Accuracy at the k-th instance of a class. */
export interface InstanceAccuracy {
  /** k, from 1. */
  readonly instance: number;
  /** Share of lifetimes' steps that were classified rightly, in [0, 1]. */
  readonly accuracy: number;
  /** Half of the 95 % interval of it, over lifetimes. */
  readonly half: number;
}

/**
 * Accuracy by how often a class has been met in its lifetime: at the first instance a learner can but guess, at the second
 * it can know, if it bound the image to the label that came late.
 *
 * @param results - of lifetimes whose steps are all judged, such as those of `omniglot-stream`.
 * @returns one entry for each instance, from the first; the last is the greatest number of instances of any class.
 * @throws `UNSUPPORTED_TASK` for results that are no accuracies.
 * @see Santoro et al. One-shot Learning with Memory-Augmented Neural Networks. 2016, table 1. arXiv:1605.06065.
 */
export function accuracyByInstance(results: readonly EpisodeResult[]): InstanceAccuracy[] {
  const shares: number[][] = []; // By instance, one share for each lifetime.
  for (const { metric, means, targets } of results) {
    if (metric !== 'accuracy')
      throw new TasklearnError(
        'UNSUPPORTED_TASK',
        `accuracyByInstance: expected accuracies, got ${metric}.`,
        {
          metric,
        },
      );
    const ways = means.shape[1] as number;
    const met = new Map<number, number>();
    const hits: number[][] = [];
    for (const [step, label] of targets.data.entries()) {
      const instance = met.get(label) ?? 0;
      met.set(label, instance + 1);
      const row = Array.from(means.data.subarray(step * ways, (step + 1) * ways));
      const best = row.indexOf(Math.max(...row));
      hits[instance] ??= [];
      hits[instance]?.push(best === label ? 1 : 0);
    }
    for (const [instance, own] of hits.entries()) {
      shares[instance] ??= [];
      shares[instance]?.push(own.reduce((sum, hit) => sum + hit, 0) / own.length);
    }
  }
  return shares.map((own, index) => {
    const accuracy = own.reduce((sum, share) => sum + share, 0) / own.length;
    const variance =
      own.reduce((sum, share) => sum + (share - accuracy) ** 2, 0) / Math.max(1, own.length - 1);
    return { instance: index + 1, accuracy, half: 1.96 * Math.sqrt(variance / own.length) };
  });
}
