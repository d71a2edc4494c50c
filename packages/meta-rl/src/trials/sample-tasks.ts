import type { ControlDistribution, ControlTask, Rng } from '@tasklearn/core';

/** How many training tasks an endless distribution is taken to have. */
const ENDLESS = 0x40000000;

/**
 * Training tasks drawn with replacement; where the training set is finite, from it.
 *
 * @param choice - decides which.
 * @param key - stream that all tasks of this training are made from, always the same one.
 */
export function sampleTasks(
  distribution: ControlDistribution,
  count: number,
  choice: Rng,
  key: Rng,
): readonly ControlTask[] {
  const bound = distribution.trainingTasks ?? ENDLESS;
  return Array.from({ length: count }, () => distribution.task('train', choice.integer(bound), key));
}
