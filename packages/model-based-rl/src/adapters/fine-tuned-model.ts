import { requireInteger, requireNonNegative } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsModel } from '../models/dynamics-model.js';
import { predictorPerTrial } from '../models/predictor.js';
import type { AdaptiveModel } from './adaptive-model.js';
import { gradientStep, type LayerRates, perTrial } from './gradient-step.js';
import { plainModel } from './plain-model.js';
import { requireOneMember } from './require-one-member.js';

/** How a trained model is tuned to the last transitions. */
export interface FineTunedModelOptions {
  /** M, transitions looked back on. */
  readonly window: number;
  /** Steps of gradient descent from the trained parameters, at every step of the trial. */
  readonly steps: number;
  /** ≥ 0, the same for all parameters. */
  readonly learningRate: number;
}

/**
 * The baseline of adaptive models: trained without a thought of adaptation, then tuned to the last M transitions by
 * plain gradient descent.
 *
 * @throws `INVALID_OPTION` for a number out of range, or an ensemble.
 */
export function fineTunedModel(
  model: DynamicsModel,
  options: FineTunedModelOptions,
): AdaptiveModel<Parameters> {
  requireOneMember('fineTunedModel', model);
  const window = requireInteger('fineTunedModel', options, 'window');
  const steps = requireInteger('fineTunedModel', options, 'steps');
  const rate = requireNonNegative('fineTunedModel', options, 'learningRate');
  return {
    ...plainModel(model),
    window,
    adapt(theta, recent) {
      const trials = recent.mask.shape[0] as number;
      const rates: LayerRates = Object.fromEntries(
        Object.keys(theta).map((layer) => [layer, tf.scalar(rate)]),
      );
      let adapted = perTrial(theta, trials);
      for (let step = 0; step < steps; step += 1) adapted = gradientStep(model, adapted, recent, rates);
      return predictorPerTrial(model, adapted, trials);
    },
  };
}
