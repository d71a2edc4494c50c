import type { EpisodeSpec, LossName, TaskLoss } from '@tasklearn/core';
import { TasklearnError } from '@tasklearn/core';
import { bernoulli } from './bernoulli.js';
import { crossEntropy } from './cross-entropy.js';
import { gaussianNegativeLogLikelihood } from './gaussian-negative-log-likelihood.js';
import { huber } from './huber.js';
import { meanSquaredError } from './mean-squared-error.js';

const losses: Readonly<Record<LossName, TaskLoss>> = {
  crossEntropy,
  bernoulli,
  meanSquaredError,
  gaussian: gaussianNegativeLogLikelihood,
  huber: (outputs, targets, mask) => huber(outputs, targets, mask),
};

/**
 * The loss that a task brings along: its own function, or the one of that name.
 *
 * @param spec - anything with a `loss`, such as an `EpisodeSpec`.
 * @returns (outputs [T, B, ...], targets, mask) → [T].
 * @throws `UNSUPPORTED_TASK` for a name that this package does not know.
 */
export function lossOf(spec: Pick<EpisodeSpec, 'loss'>): TaskLoss {
  if (typeof spec.loss === 'function') return spec.loss;
  if (Object.hasOwn(losses, spec.loss)) return losses[spec.loss];
  throw new TasklearnError(
    'UNSUPPORTED_TASK',
    `lossOf: no loss '${String(spec.loss)}'. Use ${Object.keys(losses).join(', ')}, or give a function.`,
    { loss: spec.loss },
  );
}
