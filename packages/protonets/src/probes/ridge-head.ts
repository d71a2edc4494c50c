import { requirePositive } from '@tasklearn/core';
import { oneHot, ridge } from '@tasklearn/nn';
import { linearLogits, splitOffBias, withOnes } from './linear-classifier.js';
import type { LinearClassifier, ProbeHead } from './probe-head.js';

/**
 * Ridge regression on indicators of the classes, in closed form.
 *
 * W = argmin ‖[X 1] W − Y‖² + λ ‖W‖²
 *
 * @param options - `regularization` is λ > 0.
 */
export function ridgeHead(options: { readonly regularization: number }): ProbeHead<LinearClassifier> {
  const regularization = requirePositive('ridgeHead', options, 'regularization');
  return {
    name: 'ridge',
    fit(features, { targets, mask }, classes) {
      const weights = ridge(withOnes(features), oneHot(targets, classes), regularization, mask && { mask });
      return splitOffBias(weights); // from [T, d + 1, N]
    },
    logits: linearLogits,
  };
}
