import { TasklearnError } from '@tasklearn/core';
import type { ResolvedPlan } from '../../plan/plan.js';

/** Refuses members that mean something for a fixed set of tasks only. @throws `INVALID_PLAN`. */
export function refuseJointMembers(plan: ResolvedPlan): void {
  const wrong = [
    plan.joint !== undefined && 'joint',
    plan.validation?.items !== undefined && 'validation.items',
    plan.test.items !== undefined && 'test.items',
  ].find((path) => path !== false);
  if (wrong === undefined) return;
  throw new TasklearnError(
    'INVALID_PLAN',
    `\`${wrong}\` means something for joint tasks only, and '${plan.distribution.id}' is no fixed set of tasks. Leave it out.`,
    { path: wrong },
  );
}
