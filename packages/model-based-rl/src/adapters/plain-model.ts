import type { Parameters } from '@tasklearn/nn';
import type { Scalar } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { DynamicsModel } from '../models/dynamics-model.js';
import { predictionLoss } from '../models/prediction-loss.js';
import { sharedPredictor } from '../models/predictor.js';
import type { AdaptiveModel } from './adaptive-model.js';

/**
 * A model that does not adapt: one ensemble for all trials, trained by maximum likelihood, each member on its own draws
 * of its own bootstrap sample.
 *
 * L(φ) = Σ_m mean_B −log p_{φ_m}(Δ | s, a) + penalty
 */
export function plainModel(model: DynamicsModel): AdaptiveModel<Parameters> {
  return {
    batch: { kind: 'transitions', groups: model.members },
    window: 0,
    init: (rng) => model.init(rng),
    loss(theta, { inputs, changes }) {
      const losses = tf.mean(predictionLoss(model.predict(theta, inputs), changes), -1); // [M]
      const sum = tf.sum(losses) as Scalar;
      return model.penalty === undefined ? sum : (tf.add(sum, model.penalty(theta)) as Scalar);
    },
    adapt: (theta) => sharedPredictor(model, theta),
  };
}
