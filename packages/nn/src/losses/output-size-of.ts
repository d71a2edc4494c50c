import type { EpisodeSpec } from '@tasklearn/core';

/**
 * How many numbers a model must give per input for a task's loss: one logit per class for a classification, the
 * target's size for a regression, twice that where the loss also wants a spread (`gaussian`).
 *
 * @example
 * ```ts
 * import { outputSizeOf } from '@tasklearn/nn';
 *
 * outputSizeOf({ target: { kind: 'regression', shape: [3] }, loss: 'gaussian' }); // => 6
 * ```
 */
export function outputSizeOf(spec: Pick<EpisodeSpec, 'target' | 'loss'>): number {
  if (spec.target.kind === 'classification') return spec.loss === 'bernoulli' ? 1 : spec.target.classes;
  const size = spec.target.shape.reduce((product, length) => product * length, 1);
  return spec.loss === 'gaussian' ? 2 * size : size;
}
