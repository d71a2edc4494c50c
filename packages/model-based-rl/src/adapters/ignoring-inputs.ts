import type { Tree } from '@tasklearn/core';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsSizes } from '../models/dynamics-model.js';
import type { NormalizedTransitions } from '../models/normalizer.js';
import type { AdaptiveModel } from './adaptive-model.js';

/**
 * A model that does not see some numbers of the observation, though it predicts their changes: where the world is the same
 * everywhere, positions tell nothing, and a model that sees them must extrapolate as soon as they leave the data.
 *
 * @param ignores - indices into the observation; none leaves the model as it is.
 */
export function ignoringInputs<Theta extends Tree<Tensor>>(
  model: AdaptiveModel<Theta>,
  { observation, action }: DynamicsSizes,
  ignores: readonly number[],
): AdaptiveModel<Theta> {
  if (ignores.length === 0) return model;
  const seen = Array.from({ length: observation + action }, (_, index) => (ignores.includes(index) ? 0 : 1));
  const masked = (inputs: Tensor) => tf.mul(inputs, tf.tensor1d(seen));
  const without = (rows: NormalizedTransitions) => ({ ...rows, inputs: masked(rows.inputs) });
  return {
    ...model,
    loss: (theta, batch, rng) => model.loss(theta, without(batch), rng),
    adapt(theta, window, rng) {
      const recent = window === undefined ? window : { ...window, transitions: without(window.transitions) };
      const predictor = model.adapt(theta, recent, rng);
      return { ...predictor, predict: (inputs, memory) => predictor.predict(masked(inputs), memory) };
    },
  };
}
