import { type ControlTask, type ControlTrainingContext, TasklearnError } from '@tasklearn/core';
import type { GoalTrainingOptions } from './goal-training-options.js';

/** Indices tried for every task of a finite set before it is given up. */
const TRIES = 100;

/**
 * Training tasks in the order of their identities where they are finitely many; else the first, which stands for all.
 *
 * @throws `UNSUPPORTED_TASK` where some of finitely many tasks never come up.
 */
export function trainingTasksOf(
  name: string,
  { distribution, rng }: Pick<ControlTrainingContext, 'distribution' | 'rng'>,
): ControlTask[] {
  const { trainingTasks: count, id } = distribution;
  const stream = rng.split('tasks');
  if (count === undefined) return [distribution.task('train', 0, stream)];
  const found = new Map<number, ControlTask>();
  for (let index = 0; index < count * TRIES && found.size < count; index += 1) {
    const task = distribution.task('train', index, stream);
    found.set(task.identity ?? index % count, task);
  }
  if (found.size === count) return [...found].sort(([a], [b]) => a - b).map(([, task]) => task);
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `${name}: ${id} says that it has ${count} training tasks, and ${found.size} came up in ${count * TRIES} draws.`,
    { distribution: id, expected: count, received: found.size },
  );
}

/** @throws `INVALID_OPTION` or `UNSUPPORTED_TASK` where batches cannot hold equally many rows of each task. */
export function assertReplay(
  name: string,
  context: ControlTrainingContext,
  { replay, batchSize }: GoalTrainingOptions,
) {
  if (replay === 'shared') return;
  const { trainingTasks = 0, id } = context.distribution;
  if (trainingTasks > 0 && batchSize % trainingTasks === 0) return;
  throw new TasklearnError(
    trainingTasks > 0 ? 'INVALID_OPTION' : 'UNSUPPORTED_TASK',
    trainingTasks > 0
      ? `${name}: option \`batchSize\` must be a multiple of the ${trainingTasks} tasks of ${id}, got ${batchSize}: each task has equally many rows.`
      : `${name}: a replay for each task needs finitely many training tasks, and ${id} has none. Set \`replay\` to 'shared'.`,
    { key: 'batchSize', received: batchSize, distribution: id },
  );
}
