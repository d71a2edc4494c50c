import { type ControlDistribution, type ControlTask, TasklearnError } from '@tasklearn/core';
import { changeObservation } from './change-observation.js';

/** The number of a training task; @throws `UNSUPPORTED_TASK` where it has none. */
function identityOf(id: string, task: ControlTask): number {
  if (task.identity !== undefined) return task.identity;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `withDescriptor: task ${task.id} of ${id} is none of the training tasks and has no number; describe it by its parameters.`,
    { task: task.id },
  );
}

/**
 * Many tasks as one decision process with the states (s, z), z being a description of the task: any single-task method
 * then learns all tasks. z is appended to the observation: the task's number one-hot, or the named parameters.
 *
 * @param parameters - names of the parameters that make up z; the task's number where absent. Numbers tell nothing about
 *   tasks that were not trained on.
 * @throws `UNSUPPORTED_TASK` where tasks have neither.
 */
export function withDescriptor(
  base: ControlDistribution,
  parameters?: readonly string[],
): ControlDistribution {
  const width = base.spec.observation.shape[0] ?? 1;
  const count = parameters?.length ?? base.trainingTasks;
  if (count === undefined)
    throw new TasklearnError(
      'UNSUPPORTED_TASK',
      `withDescriptor: ${base.id} has no finite set of training tasks to number; name parameters instead.`,
      { distribution: base.id },
    );
  const size = width + count;
  const describe = (task: ControlTask): readonly number[] => {
    if (parameters !== undefined) return parameters.map((name) => task.parameters[name] ?? Number.NaN);
    const identity = identityOf(base.id, task);
    return Array.from({ length: count }, (_, index) => (index === identity ? 1 : 0));
  };
  return changeObservation(base, {
    name: 'descriptor',
    size,
    baseAt: 0,
    unbounded: parameters !== undefined,
    writer(tasks, copiesPerTask) {
      const descriptors = tasks.map(describe);
      return {
        write(observation, copy, _, into) {
          into.set(observation.subarray(copy * width, (copy + 1) * width), copy * size);
          into.set(descriptors[Math.floor(copy / copiesPerTask)] as readonly number[], copy * size + width);
        },
      };
    },
  });
}
