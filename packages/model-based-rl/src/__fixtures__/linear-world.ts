import type { RecordableReward } from '@tasklearn/core';
import { createRng } from '@tasklearn/core';
import type { Parameters } from '@tasklearn/nn';
import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { ActionSpace } from '../action-space.js';
import { actionSpaceOf } from '../action-space.js';
import { mlpDynamics } from '../models/mlp-dynamics.js';
import { fitNormalizer, type Normalizer, normalizerOf } from '../models/normalizer.js';
import { outcomeModel } from '../models/outcome-model.js';
import { sharedPredictor } from '../models/predictor.js';
import { scorePlans } from '../models/score-plans.js';
import type { ScorePlans } from '../planners/planner.js';

/** A double integrator: x′ = x + v, v′ = v + a / 2, with cost ½ (x² + v² + a²) before each step and at the end. */
export const doubleIntegrator = {
  states: 2,
  actions: 1,
  transition: [1, 1, 0, 1],
  control: [0, 0.5],
  stateCost: [1, 0, 0, 1],
  actionCost: [1],
} as const;

/** Sizes of the double integrator. */
export const sizes = { observation: 2, action: 1 } as const;

/** Units in which it is already. */
export function unitNormalizer(): Normalizer {
  const { data, shape } = fitNormalizer(new Float32Array(0), sizes);
  return normalizerOf(tf.tensor(data, [...shape]), sizes);
}

/** Its exact model: a perceptron without hidden layers. */
export function exactModel(): {
  readonly model: ReturnType<typeof mlpDynamics>;
  readonly parameters: Parameters;
} {
  const model = mlpDynamics(sizes, { head: 'deterministic', members: 1, hidden: [], activation: 'relu' });
  const weight = tf.tensor([
    [
      [0, 0],
      [1, 0],
      [0, 0.5],
    ],
  ]); // (x, v, a) → (Δx, Δv)
  return { model, parameters: { head: { weight, bias: tf.zeros([1, 2]) } } };
}

/** −½ (s′² + a²): what the regulator's cost gives after the first state's own. */
export const quadraticReward: RecordableReward = (_observation: Tensor, action: Tensor, next: Tensor) =>
  tf.mul(tf.add(tf.sum(tf.square(next), -1), tf.sum(tf.square(action), -1)), -0.5);

/** Actions of the double integrator. */
export const actions: ActionSpace = actionSpaceOf({
  observation: { shape: [2], dtype: 'float32' },
  action: { shape: [1], dtype: 'float32', minimum: -1, maximum: 1 },
  horizon: 10,
  hasSuccess: false,
});

/** Returns of plans under the exact model, from given states [T, 2]. */
export function exactScore(observations: Tensor, reward: RecordableReward = quadraticReward): ScorePlans {
  const { model, parameters } = exactModel();
  const point = {
    predictor: sharedPredictor(model, parameters),
    normalizer: unitNormalizer(),
    outcomeParameters: {},
    observations,
  };
  const outcomes = outcomeModel(sizes, { reward: false, continuation: false, hidden: [] });
  const scoring = {
    actions,
    outcomes,
    reward,
    rollout: { sampling: 'mean', particles: 1 },
    discount: 1,
  } as const;
  return scorePlans(point, scoring, createRng(0));
}
