import { TasklearnError } from '@tasklearn/core';
import type { MetaLearnerParts } from './meta-learner-parts.js';

/**
 * Refuses parts that do not go together, before anything runs.
 *
 * @throws `INVALID_OPTION` with the reason in the message and in `details.reason`.
 */
export function assertPartsFit(parts: MetaLearnerParts): void {
  const { steps, metaGradient, optimizer } = parts;
  for (const [name, count] of Object.entries(steps)) {
    if (!Number.isInteger(count) || count < 0) {
      refuse(parts, `inner steps at ${name} must be an integer >= 0, got ${count}`);
    }
  }
  const reason = metaGradient.refuses(parts);
  if (reason !== undefined) refuse(parts, reason);
  const trains = [metaGradient.keeps, metaGradient.gradient, metaGradient.pooledLoss].some(
    (way) => way !== undefined,
  );
  if (trains && optimizer === undefined)
    refuse(parts, `${metaGradient.name} trains θ and needs an optimizer`);
  if (!trains && optimizer !== undefined)
    refuse(parts, `${metaGradient.name} does not train θ, so an optimizer has no use`);
}

function refuse(parts: MetaLearnerParts, reason: string): never {
  const { metaGradient, solver, rate, start } = parts;
  throw new TasklearnError('INVALID_OPTION', `metaLearner: ${reason}. Choose another part.`, {
    reason,
    metaGradient: metaGradient.name,
    solver: solver.name,
    rate: rate.name,
    start: start.name,
  });
}
