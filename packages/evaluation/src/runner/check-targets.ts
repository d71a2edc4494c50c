import { type SupervisedCapabilities, TasklearnError } from '@tasklearn/core';
import type { PrepareRequest } from './cell-kind.js';

/**
 * Refuses tasks with a kind of target that the learner does not declare; for joint and stream learners.
 *
 * @param kinds - among the tasks.
 * @throws `UNSUPPORTED_TASK`.
 */
export function checkTargets(
  { registry, cell, plan }: PrepareRequest,
  kinds: readonly ('classification' | 'regression')[],
): void {
  const { id, descriptor } = registry.learner(cell.learner.id);
  const { targets } = descriptor.capabilities as SupervisedCapabilities;
  const refused = kinds.find((kind) => !targets.includes(kind));
  if (refused === undefined) return;
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `Learner '${cell.learner.name}' learns ${targets.join(' and ')} tasks, and '${plan.distribution.id}' has ${refused} tasks. Choose another learner or distribution.`,
    { learner: id, expected: targets, received: refused },
  );
}
