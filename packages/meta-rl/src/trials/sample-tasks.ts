import { type ControlDistribution, type ControlTask, type Rng, TasklearnError } from '@tasklearn/core';

/** Indices that training tasks are drawn from. */
const INDICES = 0x40000000;

/**
 * Training tasks drawn with replacement; where the training set is finite, each is equally likely.
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
  return Array.from({ length: count }, () => distribution.task('train', choice.integer(INDICES), key));
}

/**
 * The whole of a finite training set in the order of its identities, or the first `count` tasks of an endless one.
 *
 * @throws `UNSUPPORTED_TASK` if tasks of a finite set lack identities, so that they cannot be told apart.
 */
export function trainingSet(
  distribution: ControlDistribution,
  count: number,
  key: Rng,
): readonly ControlTask[] {
  const { trainingTasks } = distribution;
  if (trainingTasks === undefined)
    return Array.from({ length: count }, (_, index) => distribution.task('train', index, key));
  const found = new Map<number, ControlTask>();
  // Indices may draw from the set: all of it is met within n log n draws or so.
  const limit = 20 * trainingTasks * (Math.log(trainingTasks) + 5);
  for (let index = 0; found.size < trainingTasks && index < limit; index += 1) {
    const task = distribution.task('train', index, key);
    if (task.identity !== undefined) found.set(task.identity, task);
  }
  if (found.size === trainingTasks) return [...found].sort(([a], [b]) => a - b).map(([, task]) => task);
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `trainingSet: ${distribution.id} has ${trainingTasks} training tasks, of which ${found.size} were met with an identity.`,
    { distribution: distribution.id, expected: trainingTasks, received: found.size },
  );
}
