import type { StreamResult } from './run-stream.js';
import type { StreamScore } from './score-stream.js';
import type { StreamSpec } from './stream-learner.js';

/** One number for a lifetime. */
export interface LifetimeScore {
  readonly metric: 'accuracy' | 'squaredError';
  /** Larger is better for accuracy, smaller for the squared error. */
  readonly score: number;
}

/**
 * A lifetime in one number: the mean over the test sets of all tasks at its end, or over its steps where there are no test sets.
 * Squared errors are per component of a target.
 */
export function scoreLifetime(
  { target }: Pick<StreamSpec, 'target'>,
  { scores, steps }: Pick<StreamResult, 'scores' | 'steps'>,
): LifetimeScore {
  const counted: readonly StreamScore[] = scores.at(-1) ?? steps;
  const mean = (value: (score: StreamScore) => number) =>
    counted.reduce((sum, score) => sum + value(score), 0) / counted.length;
  if (target.kind === 'classification')
    return { metric: 'accuracy', score: mean(({ accuracy = Number.NaN }) => accuracy) };
  const components = target.shape.reduce((product, size) => product * size, 1);
  return { metric: 'squaredError', score: mean(({ loss }) => loss) / components };
}
