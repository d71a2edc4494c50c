import type { ResolvedPlan } from '../plan/plan.js';
import { invalidPlan } from './invalid-plan.js';

/**
 * The name of the learner that the others are compared with: the one that the plan names at `path`, or else the first whose short id
 * is `key`; undefined where there is none.
 *
 * @throws `INVALID_PLAN` for the name of no learner.
 */
export function namedArm(
  { learners }: ResolvedPlan,
  path: string,
  given: string | undefined,
  key: string,
): string | undefined {
  if (given === undefined) return learners.find(({ id }) => id.slice(id.lastIndexOf('/') + 1) === key)?.name;
  if (learners.some(({ name }) => name === given)) return given;
  const names = learners.map(({ name }) => name).join(', ');
  throw invalidPlan(path, `no learner is named '${given}'. Names: ${names}.`);
}
